import { expect, test } from '@jest/globals';
import { type Region, turnedBack, turnedDown } from '../geometry/region.ts';
import type { Raster } from '../raster.ts';
import { warp } from './warp.ts';

/** 4 x 2 pixels: 10 20 30 40 over 50 60 70 80. */
const grey: Raster = { width: 4, height: 2, channels: 1, data: Uint8Array.of(10, 20, 30, 40, 50, 60, 70, 80) };
const whole: Region = { origin: [0, 0], along: [4, 0], across: [0, 2] };

/** The blue plane in grey levels. */
function levels(page: Raster, region: Region, columns: number, rows: number, stride = columns): number[] {
  const planes = new Float32Array(3 * rows * stride);
  warp(planes, page, region, { columns, rows, stride });
  return Array.from(planes.subarray(0, rows * stride), (value) => Math.round((value + 1) * 127.5 * 100) / 100);
}

test('a region of as many pixels as its picture is copied', () => {
  expect(levels(grey, whole, 4, 2)).toEqual([10, 20, 30, 40, 50, 60, 70, 80]);
});

test('when it shrinks, each pixel is the mean of those it covers', () => {
  expect(levels(grey, whole, 2, 1)).toEqual([35, 55]);
});

test('when it grows, pixels between are mixed and the edge goes on', () => {
  expect(
    levels(
      { width: 2, height: 1, channels: 1, data: Uint8Array.of(0, 100) },
      { origin: [0, 0], along: [2, 0], across: [0, 1] },
      4,
      1,
    ),
  ).toEqual([0, 25, 75, 100]);
});

test('beyond the page the edge goes on', () => {
  expect(levels(grey, { origin: [-2, 0], along: [4, 0], across: [0, 1] }, 4, 1)).toEqual([10, 10, 10, 20]);
});

test('turned back it is read from the other end, upside down', () => {
  expect(levels(grey, turnedBack(whole), 4, 2)).toEqual([80, 70, 60, 50, 40, 30, 20, 10]);
});

test('turned down it is read from the top, the right side of the page becoming the top of the picture', () => {
  expect(levels(grey, turnedDown(whole), 2, 4)).toEqual([40, 80, 30, 70, 20, 60, 10, 50]);
});

test('columns behind the picture are left alone', () => {
  const planes = new Float32Array(3 * 2 * 6).fill(7);
  warp(planes, grey, whole, { columns: 4, rows: 2, stride: 6 });
  expect([planes[4], planes[5], planes[10], planes[11]]).toEqual([7, 7, 7, 7]);
});

test('colours go to their planes: blue, green, red, from -1 to 1', () => {
  const red: Raster = { width: 1, height: 1, channels: 3, data: Uint8Array.of(255, 51, 0) };
  const planes = new Float32Array(3);
  warp(planes, red, { origin: [0, 0], along: [1, 0], across: [0, 1] }, { columns: 1, rows: 1, stride: 1 });
  expect(Array.from(planes)).toEqual([-1, expect.closeTo(-0.6), 1]);
});

test('a grey page and the same page in colour give the same picture', () => {
  const data = Uint8Array.from([...grey.data].flatMap((level) => [level, level, level]));
  const slanted: Region = { origin: [0.3, -0.2], along: [3.1, 0.7], across: [-0.4, 1.6] };
  const [first, second] = [new Float32Array(3 * 5 * 7), new Float32Array(3 * 5 * 7)];
  warp(first, grey, slanted, { columns: 7, rows: 5, stride: 7 });
  warp(second, { ...grey, channels: 3, data }, slanted, { columns: 7, rows: 5, stride: 7 });
  expect(Math.max(...first.map((value, i) => Math.abs(value - second[i]!)))).toBeLessThan(1e-5);
});
