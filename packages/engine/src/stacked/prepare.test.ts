import { expect, test } from '@jest/globals';
import { type Region, turnedDown } from '../geometry/region.ts';
import type { Raster } from '../raster.ts';
import { columnInput } from './prepare.ts';

/** A page with squares of 30 pixels, one below the other, of these levels above and below their middles. */
function pageOf(letters: readonly (readonly [number, number])[], channels: 1 | 3): Raster {
  const [width, height] = [60, 20 + letters.length * 36];
  const data = new Uint8Array(width * height * channels).fill(255);
  letters.forEach(([upper, lower], index) => {
    for (let row = 0; row < 30; row += 1) {
      const from = ((13 + index * 36 + row) * width + 15) * channels;
      data.fill(row < 15 ? upper : lower, from, from + 30 * channels);
    }
  });
  return { width, height, channels, data };
}

const LETTERS = [
  [0, 60],
  [90, 30],
  [20, 120],
] as const;

test.each([1, 3] as const)(
  'the letters of a column lie side by side, upright, from the top (%s channels)',
  (channels) => {
    const page = pageOf(LETTERS, channels);
    const region: Region = turnedDown({ origin: [10, 8], along: [40, 0], across: [0, 112] });
    const { input, cuts } = columnInput(page, region);
    expect(cuts.length).toBe(4);
    expect(input.dims).toEqual([1, 3, 48, 144]);
    const at = (row: number, column: number) => Math.round((input.data[row * 144 + column]! + 1) * 127.5);
    expect([0, 1, 2].map((letter) => [at(12, letter * 48 + 24), at(34, letter * 48 + 24)])).toEqual(LETTERS);
  },
);

test('an empty column is one letter of paper', () => {
  const page = pageOf([], 1);
  const { input, cuts } = columnInput(page, turnedDown({ origin: [10, 0], along: [20, 0], across: [0, 20] }));
  expect(cuts).toEqual([0, 1]);
  expect(new Set(input.data)).toEqual(new Set([1]));
});
