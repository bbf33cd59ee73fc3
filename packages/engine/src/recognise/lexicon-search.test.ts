import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { openLexicon } from './lexicon.ts';
import { type Case, openSearch, type Posteriors } from './lexicon-search.ts';

/** Both searches against hand-computed cases and against the definition: the sum over all paths. */

const alphabet = ['', 'a', 'b', 'c'];

function reading(rows: readonly (readonly number[])[], classes: readonly string[] = alphabet): Posteriors {
  return {
    output: { data: Float32Array.from(rows.flat()), dims: [1, rows.length, classes.length] },
    alphabet: classes,
  };
}

const search = (rows: readonly (readonly number[])[], classes: readonly string[] = alphabet) =>
  openSearch(reading(rows, classes), [0, rows.length - 1]);

const rowOf = (length: number) =>
  fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: length, maxLength: length }).map((weights) => {
    const sum = weights.reduce((total, weight) => total + weight, 0);
    return weights.map((weight) => weight / sum);
  });

/** What a path of classes spells. */
function spelt(path: readonly number[], classes: readonly string[]): string {
  return path.map((index, step) => (index === path[step - 1] ? '' : classes[index])).join('');
}

function allPaths(steps: number): number[][] {
  if (steps === 0) return [[]];
  return allPaths(steps - 1).flatMap((path) => alphabet.map((_, index) => [...path, index]));
}

test('by hand: two steps of the same probabilities', () => {
  const row = [0.5, 0.25, 0.125, 0.125];
  const { probabilityOf } = search([row, row]);
  expect(Math.exp(probabilityOf(''))).toBeCloseTo(0.25); // nothing, nothing
  expect(Math.exp(probabilityOf('a'))).toBeCloseTo(0.0625 + 0.125 + 0.125); // aa, a and nothing, nothing and a
  expect(Math.exp(probabilityOf('ab'))).toBeCloseTo(0.25 * 0.125);
});

test('by hand: equal neighbours need a step between them', () => {
  const row = [0.5, 0.25, 0.125, 0.125];
  expect(search([row, row]).probabilityOf('aa')).toBe(Number.NEGATIVE_INFINITY);
  expect(Math.exp(search([row, row, row]).probabilityOf('aa'))).toBeCloseTo(0.25 * 0.5 * 0.25);
});

test('by hand: a space within a word is nothing', () => {
  const rows = [
    [0, 1, 0, 0],
    [0.25, 0, 0, 0.75],
    [0, 0, 1, 0],
  ];
  expect(Math.exp(search(rows, ['', 'a', 'b', ' ']).probabilityOf('ab'))).toBeCloseTo(1);
});

test('a letter that is not in the alphabet, or has no probability, makes a text improbable and not impossible', () => {
  const { probabilityOf } = search([[0, 1, 0, 0]]);
  expect(probabilityOf('z')).toBeCloseTo(Math.log(1e-6));
  expect(probabilityOf('b')).toBeCloseTo(Math.log(1e-6));
});

test('only the steps of its span count', () => {
  const rows = [
    [0, 0, 1, 0],
    [0, 1, 0, 0],
    [0, 0, 1, 0],
  ];
  expect(Math.exp(openSearch(reading(rows), [1, 1]).probabilityOf('a'))).toBeCloseTo(1);
});

test('whatever the probabilities, that of a text is the sum over all paths that spell it', () => {
  const paths = allPaths(4);
  fc.assert(
    fc.property(fc.array(rowOf(4), { minLength: 4, maxLength: 4 }), (rows) => {
      const sums = new Map<string, number>();
      for (const path of paths) {
        const text = spelt(path, alphabet);
        const probability = path.reduce((product, index, step) => product * rows[step]![index]!, 1);
        sums.set(text, (sums.get(text) ?? 0) + probability);
      }
      const { probabilityOf } = search(rows);
      for (const [text, sum] of sums) expect(Math.exp(probabilityOf(text))).toBeCloseTo(sum, 5);
    }),
    { numRuns: 20 },
  );
});

test('whatever the probabilities, the word found is the most probable of all, less their rarity', () => {
  const ranks = [['abc', 'bab', 'cab', 'acc', 'baa'], ['abca', 'cabb', 'abb'], ['cacb'], ['bbbb']];
  const lexicon = openLexicon(ranks);
  const classes = ['', 'a', 'b', 'c', 'A', 'B', 'C', ' '];
  const forms: Readonly<Record<Case, (word: string) => string>> = {
    lower: (word) => word,
    capital: (word) => word[0]!.toUpperCase() + word.slice(1),
    upper: (word) => word.toUpperCase(),
  };
  fc.assert(
    fc.property(
      fc.array(rowOf(classes.length), { minLength: 3, maxLength: 9 }),
      fc.constantFrom<Case>('lower', 'capital', 'upper'),
      (rows, form) => {
        const { probabilityOf, mostProbable } = search(rows, classes);
        const scores = lexicon.words.flatMap((word, index) => {
          const rank = lexicon.rankOf(index);
          return rank === undefined ? [] : [probabilityOf(forms[form](word)) - rank];
        });
        const best = Math.max(...scores);
        const found = mostProbable(lexicon, form, best - 20);
        expect(found?.score).toBeCloseTo(best, 9);
        expect(
          probabilityOf(found?.text ?? '') - ranks.findIndex((list) => list.includes(found!.text.toLowerCase())),
        ).toBeCloseTo(best, 9);
        expect(mostProbable(lexicon, form, best + 1e-6)).toBeUndefined();
      },
    ),
  );
});

test('where there are more beginnings than are followed, the word that was clearly read is found', () => {
  const classes = ['', ...'abcdefghijklmnopqrstuvwxyz'];
  const lexicon = openLexicon([
    [...'abcdefghijklmnopqrstuvwxyz'].flatMap((a) => [`${a}ose`, `${a}ise`, `${a}one`]),
    [],
  ]);
  const row = (letter: string) => classes.map((own) => (own === letter ? 0.5 : 0.5 / 26));
  expect(search([...'rose'].map(row), classes).mostProbable(lexicon, 'lower', -10)?.text).toBe('rose');
});

test('no steps spell nothing', () => {
  const { probabilityOf, mostProbable } = openSearch(reading([]), [0, -1]);
  expect(probabilityOf('a')).toBe(Number.NEGATIVE_INFINITY);
  expect(mostProbable(openLexicon([['abc'], []]), 'lower', -10)).toBeUndefined();
});
