import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Tensor } from '../models.ts';
import { type Character, decodeSteps } from './decode.ts';
import { splitWords } from './spaces.ts';

/** CTC against hand-computed cases, against texts written as paths, and against the definition. */

const alphabet = ['', 'a', 'b', 'c', ' '];
const SPACE = 4;

function output(rows: readonly (readonly number[])[]): Tensor {
  return { data: Float32Array.from(rows.flat()), dims: [1, rows.length, alphabet.length] };
}

const brief = (read: readonly Character[]) =>
  read.map(({ text, firstStep, lastStep, probability, spaceBefore }) => [
    text,
    firstStep,
    lastStep,
    probability,
    spaceBefore,
  ]);

test('by hand: blanks, repeats, a space in the middle and at both ends', () => {
  const read = decodeSteps(
    output([
      [0.125, 0, 0, 0, 0.875], // a space before anything
      [0.25, 0.5, 0, 0, 0.25], // a, thinking of a space
      [0.125, 0.75, 0, 0, 0.125], // the same a
      [0.5, 0.25, 0, 0, 0.25], // nothing
      [0, 0.625, 0.375, 0, 0], // another a
      [0.25, 0.125, 0.5, 0.125, 0], // b, at once
      [0.375, 0, 0, 0, 0.625], // a space
      [0, 0, 0.375, 0.625, 0], // c
      [0, 0, 0, 0, 1], // a space that nothing follows
    ]),
    alphabet,
  );
  expect(brief(read)).toEqual([
    ['a', 1, 2, 0.75, 1],
    ['a', 4, 4, 0.625, 0.25],
    ['b', 5, 5, 0.5, 0],
    ['c', 7, 7, 0.625, 1],
  ]);
});

test('by hand: letters of which none is more probable than another, the first of them wins', () => {
  expect(brief(decodeSteps(output([[0.25, 0.375, 0.375, 0, 0]]), alphabet))).toEqual([['a', 0, 0, 0.375, 0]]);
  expect(decodeSteps(output([[0.5, 0.5, 0, 0, 0]]), alphabet)).toEqual([]);
});

test('no steps are no characters', () => {
  expect(decodeSteps(output([]), alphabet)).toEqual([]);
});

test('an alphabet without a space knows no gaps', () => {
  const rows = [
    [0, 0, 0, 1],
    [0, 1, 0, 0],
    [1, 0, 0, 0],
    [0, 0, 1, 0],
  ];
  const read = decodeSteps({ data: Float32Array.from(rows.flat()), dims: [1, 4, 4] }, ['', 'a', 'b', 'c']);
  expect(read.map(({ text, spaceBefore }) => [text, spaceBefore])).toEqual([
    ['c', 0],
    ['a', 0],
    ['b', 0],
  ]);
  expect(splitWords(read)).toHaveLength(1);
});

test('a text that is written as a path, with any repeats and blanks, is read again', () => {
  const letter = fc.record({
    index: fc.integer({ min: 1, max: SPACE }),
    repeats: fc.integer({ min: 1, max: 3 }),
    blanks: fc.integer({ min: 0, max: 2 }),
  });
  fc.assert(
    fc.property(fc.array(letter, { maxLength: 30 }), (letters) => {
      const path: number[] = [];
      for (const { index, repeats, blanks } of letters) {
        // Equal neighbours are only two letters when a blank parts them.
        if (path[path.length - 1] === index) path.push(0);
        path.push(...new Array<number>(repeats).fill(index), ...new Array<number>(blanks).fill(0));
      }
      const read = decodeSteps(output(path.map((index) => alphabet.map((_, i) => (i === index ? 1 : 0)))), alphabet);
      const words = splitWords(read).map((word) => word.map(({ text }) => text).join(''));
      const text = letters.map(({ index }) => alphabet[index]).join('');
      expect(words).toEqual(text.split(' ').filter((word) => word !== ''));
      expect(
        read.every(({ text: own, firstStep, lastStep }) =>
          path.slice(firstStep, lastStep + 1).every((index) => alphabet[index] === own),
        ),
      ).toBe(true);
    }),
  );
});

test('whatever the probabilities, the characters are those of the definition, in order, and within their steps', () => {
  const row = fc
    .array(fc.integer({ min: 1, max: 1000 }), { minLength: alphabet.length, maxLength: alphabet.length })
    .map((weights) => {
      const sum = weights.reduce((total, weight) => total + weight, 0);
      return weights.map((weight) => Math.fround(weight / sum));
    });
  fc.assert(
    fc.property(fc.array(row, { maxLength: 40 }), (rows) => {
      const read = decodeSteps(output(rows), alphabet);
      const best = rows.map((values) => values.indexOf(Math.max(...values)));
      const joined = best.filter((index, step) => index !== best[step - 1] && index !== 0 && index !== SPACE);
      expect(read.map(({ text }) => text)).toEqual(joined.map((index) => alphabet[index]));
      for (const [index, { text, firstStep, lastStep, probability, spaceBefore }] of read.entries()) {
        const own = rows.slice(firstStep, lastStep + 1).map((values) => values[alphabet.indexOf(text)]!);
        expect(probability).toBe(Math.max(...own));
        expect(firstStep).toBeGreaterThan(read[index - 1]?.lastStep ?? -1);
        expect(spaceBefore >= 0 && spaceBefore <= 1).toBe(true);
      }
    }),
  );
});
