import { expect, test } from '@jest/globals';
import type { Raster } from '../raster.ts';
import { EFFORTS } from '../settings.ts';
import { prepare } from './prepare.ts';

const PIXELS = EFFORTS.accurate.searchPixels;

function filled(width: number, height: number, pixel: readonly number[]): Raster {
  const data = new Uint8Array(width * height * pixel.length);
  for (let i = 0; i < data.length; i += 1) {
    data[i] = pixel[i % pixel.length]!;
  }
  return { width, height, channels: pixel.length === 1 ? 1 : 3, data };
}

test('planes go blue, green, red, each normalised as the detector was trained', () => {
  const { input } = prepare(filled(20, 10, [255, 0, 51]), PIXELS);
  const area = input.dims[2]! * input.dims[3]!;
  expect(input.dims).toEqual([1, 3, 32, 32]);
  expect(input.data[0]).toBeCloseTo((0.2 - 0.485) / 0.229, 4);
  expect(input.data[area]).toBeCloseTo((0 - 0.456) / 0.224, 4);
  expect(input.data[area * 2 + area - 1]).toBeCloseTo((1 - 0.406) / 0.225, 4);
});

test('a grey page gives the same tensor as that page in colour', () => {
  const grey = prepare(filled(50, 40, [77]), PIXELS);
  const colour = prepare(filled(50, 40, [77, 77, 77]), PIXELS);
  expect(grey.input).toEqual(colour.input);
});

test.each([
  [150, 90],
  [1_700, 1_400],
  [2_600, 1_900],
  // Shrunk by more than two in one direction alone.
  [90_000, 40],
  [40, 90_000],
])('grey levels give the same tensor as the same levels in colour, at %d x %d', (width, height) => {
  const levels = Uint8Array.from({ length: width * height }, (_, i) => (i * 7919 + (i >> 9)) & 255);
  const colours = Uint8Array.from({ length: width * height * 3 }, (_, i) => levels[Math.floor(i / 3)]!);
  const grey = prepare({ width, height, channels: 1, data: levels }, PIXELS).input;
  const colour = prepare({ width, height, channels: 3, data: colours }, PIXELS).input;
  expect(grey.dims).toEqual(colour.dims);
  expect(grey.data.findIndex((value, i) => value !== colour.data[i])).toBe(-1);
});

test('scales lead from the tensor back to the page', () => {
  const { input, scaleX, scaleY } = prepare(filled(3000, 2000, [255]), PIXELS);
  expect(scaleX * input.dims[3]!).toBeCloseTo(3000);
  expect(scaleY * input.dims[2]!).toBeCloseTo(2000);
});

test('left is left and top is top', () => {
  const page = filled(64, 64, [255]);
  page.data.fill(0, 0, 64 * 10);
  const { input } = prepare(page, PIXELS);
  const [, , height = 0, width = 0] = input.dims;
  expect(input.data[width >> 1]!).toBeLessThan(-1);
  expect(input.data[(height - 1) * width + (width >> 1)]!).toBeGreaterThan(1);
});
