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

test('a line inside the page gives the same picture as where it lies on the page’s edge, in grey and in colour', () => {
  const [width, height] = [40, 20];
  const columns = 31;
  const rows = 14;
  for (const channels of [1, 3] as const) {
    const data = Uint8Array.from({ length: width * height * channels }, (_, i) => (i * 7919 + (i >> 3)) & 255);
    const page: Raster = { width, height, channels, data };
    // The edge's pixels go on for two more on each side, which is what is read beyond the edge.
    const wide = width + 4;
    const larger: Raster = {
      width: wide,
      height: height + 4,
      channels,
      data: Uint8Array.from({ length: wide * (height + 4) * channels }, (_, i) => {
        const [channel, x, y] = [i % channels, Math.floor(i / channels) % wide, Math.floor(i / channels / wide)];
        const [px, py] = [Math.max(0, Math.min(width - 1, x - 2)), Math.max(0, Math.min(height - 1, y - 2))];
        return data[(py * width + px) * channels + channel]!;
      }),
    };
    const edge: Region = { origin: [0, 0.5], along: [30.5, 1.25], across: [-0.5, 13.75] };
    const inside: Region = { ...edge, origin: [2, 2.5] };
    const [first, second] = [new Float32Array(3 * rows * columns), new Float32Array(3 * rows * columns)];
    warp(first, page, edge, { columns, rows, stride: columns });
    warp(second, larger, inside, { columns, rows, stride: columns });
    expect(Math.max(...first.map((value, i) => Math.abs(value - second[i]!)))).toBeLessThan(1e-5);
  }
});

test('of a picture inside the page the columns behind it are left alone too', () => {
  const page: Raster = { width: 8, height: 8, channels: 1, data: new Uint8Array(64).fill(255) };
  const planes = new Float32Array(3 * 2 * 6).fill(7);
  warp(planes, page, { origin: [2, 2], along: [4, 0], across: [0, 2] }, { columns: 4, rows: 2, stride: 6 });
  expect(Array.from(planes)).toEqual(Array.from({ length: 6 }, () => [1, 1, 1, 1, 7, 7]).flat());
});
