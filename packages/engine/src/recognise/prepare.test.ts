import { expect, test } from '@jest/globals';
import type { Raster } from '../raster.ts';
import { lineInput } from './prepare.ts';

const page: Raster = { width: 40, height: 40, channels: 1, data: new Uint8Array(1600).fill(255) };

function widthOf(along: number, across: number): number | undefined {
  return lineInput(page, { origin: [0, 0], along: [along, 0], across: [0, across] }).dims[3];
}

test('a line is 48 pixels high and as wide as it is, in steps of eight', () => {
  const input = lineInput(page, { origin: [0, 0], along: [30, 0], across: [0, 10] });
  expect(input.dims).toEqual([1, 3, 48, 144]);
  expect(input.data.length).toBe(3 * 48 * 144);
  expect(widthOf(30.1, 10)).toBe(152);
});

test('neither slivers nor endless lines leave the bounds', () => {
  expect(widthOf(1, 40)).toBe(16);
  expect(widthOf(20_000, 10)).toBe(3200);
  expect(widthOf(10, 0)).toBeLessThanOrEqual(3200);
});
