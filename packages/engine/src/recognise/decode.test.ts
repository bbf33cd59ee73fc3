import { expect, test } from '@jest/globals';
import type { Tensor } from '../models.ts';
import { decodeSteps } from './decode.ts';

const alphabet = ['', 'a', 'b', ' '];

/** One row of class probabilities a step. */
function output(rows: readonly (readonly number[])[]): Tensor {
  return { data: Float32Array.from(rows.flat()), dims: [1, rows.length, alphabet.length] };
}

const BLANK = [1, 0, 0, 0];

test('repeats are joined, blanks part equal letters', () => {
  const read = decodeSteps(output([BLANK, [0, 1, 0, 0], [0, 1, 0, 0], BLANK, [0, 1, 0, 0], [0, 0, 1, 0]]), alphabet);
  expect(read.map(({ text, firstStep, lastStep }) => [text, firstStep, lastStep])).toEqual([
    ['a', 1, 2],
    ['a', 4, 4],
    ['b', 5, 5],
  ]);
});

test('the probability of a letter is the highest of its steps', () => {
  const [letter] = decodeSteps(output([[0.25, 0.625, 0.125, 0], [0.125, 0.75, 0.125, 0], BLANK]), alphabet);
  expect(letter?.probability).toBe(0.75);
});

test('a letter may win without a majority', () => {
  expect(decodeSteps(output([[0.25, 0.25, 0.375, 0.125]]), alphabet)[0]?.text).toBe('b');
});

test('a space that is read is no letter but is told by the next one', () => {
  const read = decodeSteps(
    output([
      [0, 1, 0, 0],
      [0, 0, 0, 1],
      [0, 0, 1, 0],
    ]),
    alphabet,
  );
  expect(read.map(({ text, spaceBefore }) => [text, spaceBefore])).toEqual([
    ['a', 0],
    ['b', 1],
  ]);
});

test('the thought of a space between two letters is kept', () => {
  const read = decodeSteps(output([[0, 1, 0, 0], [0.875, 0, 0, 0.125], BLANK, [0, 0, 1, 0]]), alphabet);
  expect(read[1]?.spaceBefore).toBe(0.125);
});

test('nothing but blanks is no letter', () => {
  expect(decodeSteps(output([BLANK, BLANK]), alphabet)).toEqual([]);
});

test('a model with other classes than the alphabet is refused', () => {
  expect(() => decodeSteps({ data: new Float32Array(10), dims: [1, 2, 5] }, alphabet)).toThrow(
    expect.objectContaining({ code: 'internal' }),
  );
});
