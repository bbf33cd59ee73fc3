import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { printOf, says } from './labels.ts';

test.each([
  ['Subtotai 12.00', ['subtotal'], true],
  ['the cost', ['co'], false],
  ['Smith & Co', ['co'], true],
  ['amount  due:', ['amount due'], true],
  ['mount du', ['amount due'], false],
  ['应付金额', ['应付'], true],
  ['', ['subtotal'], false],
])('whether "%s" says one of %j', (text, phrases, said) => {
  expect(says(text, phrases)).toBe(said);
  expect(says(printOf(text), phrases)).toBe(said);
});

/** The least distance of a phrase from any part of a text, by the whole table (Sellers 1980). */
function distanceIn(text: string, phrase: string): number {
  let column = Array.from({ length: phrase.length + 1 }, (_, row) => row);
  let least = phrase.length;
  for (const letter of text) {
    const next = [0];
    for (let row = 1; row <= phrase.length; row += 1) {
      const replaced = column[row - 1]! + (phrase[row - 1] === letter ? 0 : 1);
      next.push(Math.min(replaced, column[row]! + 1, next[row - 1]! + 1));
    }
    column = next;
    least = Math.min(least, column.at(-1)!);
  }
  return least;
}

test('misread letters are counted as the whole table of distances counts them', () => {
  const print = (minLength: number, maxLength: number) =>
    fc.string({ unit: fc.constantFrom('a', 'b', 'c', '1'), minLength, maxLength });
  fc.assert(
    fc.property(print(0, 60), print(6, 32), (text, phrase) => {
      expect(says(text, [phrase])).toBe(distanceIn(text, phrase) <= Math.floor(phrase.length / 6));
    }),
    { numRuns: 2_000, seed: 1 },
  );
});

test('a phrase longer than an integer has bits has to stand there as it is', () => {
  const phrase = 'balance carried forward from the page before';
  expect(says(`The ${phrase}: 12`, [phrase])).toBe(true);
  expect(says(`The ${phrase.replace('page', 'pagc')}: 12`, [phrase])).toBe(false);
});
