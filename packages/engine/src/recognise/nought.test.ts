import { expect, test } from '@jest/globals';
import type { Character } from './decode.ts';
import { settleNought } from './nought.ts';

const alphabet = ['', ...'0oOQC8④'];

/** A recogniser's output in which one step has these thoughts. */
function reading(thoughts: Readonly<Record<string, number>>, { steps = 5, at = 2 } = {}) {
  const data = new Float32Array(steps * alphabet.length);
  for (const [text, probability] of Object.entries(thoughts)) {
    data[at * alphabet.length + alphabet.indexOf(text)] = probability;
  }
  return { output: { data, dims: [1, steps, alphabet.length] }, alphabet };
}

function read(text: string, probability = 0.5): Character {
  return { text, probability, firstStep: 2, lastStep: 2, spaceBefore: 0 };
}

function textOf(characters: readonly Character[]): string {
  return characters.map(({ text }) => text).join('');
}

test('a round letter alone in its line is a nought, as probable as all readings of it', () => {
  expect(settleNought([read('o')], reading({ o: 0.5, O: 0.125, 0: 0.25 }))).toEqual([
    { text: '0', probability: 0.875, firstStep: 2, lastStep: 2, spaceBefore: 0 },
  ]);
});

test('so is a slashed one that was read as a letter or a number in a ring', () => {
  expect(textOf(settleNought([read('④', 0.3)], reading({ '④': 0.3, 0: 0.05 })))).toBe('0');
  expect(textOf(settleNought([read('C', 0.28)], reading({ C: 0.28, 0: 0.05 })))).toBe('0');
});

test('one that no character won is found in a line of one letter', () => {
  const thoughts = { o: 0.25, 0: 0.125 };
  expect(settleNought([], reading(thoughts))).toEqual([
    { text: '0', probability: 0.375, firstStep: 2, lastStep: 2, spaceBefore: 0 },
  ]);
  expect(settleNought([], reading(thoughts, { steps: 12 }))).toEqual([]);
});

test('what was surely read as a letter stays, unless a nought is likely too', () => {
  expect(textOf(settleNought([read('o', 0.9)], reading({ o: 0.9, 0: 0.05 })))).toBe('o');
  expect(textOf(settleNought([read('o', 0.7)], reading({ o: 0.7, 0: 0.2 })))).toBe('0');
});

test('what is not round, not alone, or hardly thought of as a nought stays', () => {
  expect(textOf(settleNought([read('8')], reading({ 8: 0.5, 0: 0.4 })))).toBe('8');
  expect(textOf(settleNought([read('o'), read('o')], reading({ o: 0.5, 0: 0.4 })))).toBe('oo');
  expect(textOf(settleNought([read('o')], reading({ o: 0.5, 0: 0.03 })))).toBe('o');
  expect(textOf(settleNought([read('o', 0.2)], reading({ o: 0.2, 0: 0.05 })))).toBe('o');
  expect(settleNought([], reading({}))).toEqual([]);
});
