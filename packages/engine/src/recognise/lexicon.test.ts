import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { englishLexicon, narrowed, openLexicon } from './lexicon.ts';

const small = openLexicon([
  ['The', 'of', 'total', 'pay'],
  ['receipt', 'total', 'tax', "don't", 'a'],
  ['taxon', 'totals'],
]);

test('words stand in order, in lower case, each once, and only those of plain letters', () => {
  expect(small.words).toEqual(['of', 'pay', 'receipt', 'tax', 'taxon', 'the', 'total', 'totals']);
});

test('a word has the rank of the first list that holds it', () => {
  const rankOf = (word: string) => small.rankOf(small.words.indexOf(word));
  expect(rankOf('total')).toBe(0);
  expect(rankOf('receipt')).toBe(1);
});

test('nothing is taken for a word of the last list, of two letters, or of three that is not most usual', () => {
  const rankOf = (word: string) => small.rankOf(small.words.indexOf(word));
  expect(rankOf('taxon')).toBeUndefined();
  expect(rankOf('of')).toBeUndefined();
  expect(rankOf('tax')).toBeUndefined();
  expect(rankOf('the')).toBe(0);
});

test('all of them are known, and their plurals', () => {
  expect(['of', 'taxon', 'receipts'].every(small.knows)).toBe(true);
  expect(['', 's', 'receit', 'zoo', 'aardvark', 'Total'].some(small.knows)).toBe(false);
});

test('a lexicon without words knows none', () => {
  const none = openLexicon([[], []]);
  expect(none.knows('the')).toBe(false);
  expect(narrowed(none.words, { low: 0, high: 0, text: '' }, 't')).toEqual({ low: 0, high: 0 });
});

test('a stretch is narrowed to exactly the words that go on with a letter', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 2, maxLength: 5 });
  fc.assert(
    fc.property(fc.array(word, { maxLength: 40 }), word, (list, path) => {
      const { words } = openLexicon([list, []]);
      let stretch = { low: 0, high: words.length, text: '' };
      for (const letter of path) {
        const text = stretch.text + letter;
        stretch = { ...narrowed(words, stretch, letter), text };
        expect(words.slice(stretch.low, stretch.high)).toEqual(words.filter((one) => one.startsWith(text)));
      }
    }),
  );
});

test('English is opened once, and knows American and British words, plurals, and no misprints', () => {
  const english = englishLexicon();
  expect(englishLexicon()).toBe(english);
  expect(['receipt', 'color', 'colour', 'invoices', 'privileged'].every(english.knows)).toBe(true);
  expect(['receit', 'privleged', 'ofthe'].some(english.knows)).toBe(false);
  expect(english.words.every((one, index) => index === 0 || english.words[index - 1]! < one)).toBe(true);
});
