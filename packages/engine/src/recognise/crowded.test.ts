import { expect, test } from '@jest/globals';
import { isCrowded } from './crowded.ts';

const alphabet = ['', 'a', ' '];

/** A line of letters at these steps; in the doubtful steps a letter has a third, in all others of no letter blank and space have all. */
function line(at: readonly number[], doubtful: readonly number[] = []) {
  const steps = at[at.length - 1]! + 1;
  const data = new Float32Array(steps * alphabet.length);
  for (let step = 0; step < steps; step += 1) {
    data.set(doubtful.includes(step) ? [0.6, 0.33, 0.07] : [0.7, 0, 0.3], step * alphabet.length);
  }
  const characters = at.map((step) => ({ text: 'a', probability: 1, firstStep: step, lastStep: step, spaceBefore: 0 }));
  return isCrowded(characters, { output: { data, dims: [1, steps, alphabet.length] }, alphabet });
}

test('letters a step and a half apart are crowded, letters two apart are not', () => {
  expect(line([0, 1, 2, 4, 5])).toBe(true);
  expect(line([0, 2, 4, 6, 8])).toBe(false);
});

test('so are letters between which many others were half seen', () => {
  expect(line([0, 3, 6, 9, 12, 15], [1, 4, 7, 10])).toBe(true);
  expect(line([0, 3, 6, 9, 12, 15], [1, 4, 7])).toBe(false);
});

test('a long line may hold a few of those', () => {
  const letters = Array.from({ length: 50 }, (_, index) => 2 * index);
  expect(line(letters, [1, 3, 5, 7])).toBe(false);
  expect(line(letters, [1, 3, 5, 7, 9, 11])).toBe(true);
});

test('three letters tell nothing', () => {
  expect(line([0, 1, 2])).toBe(false);
});
