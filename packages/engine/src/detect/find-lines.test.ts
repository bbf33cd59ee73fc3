import { expect, test } from '@jest/globals';
import type { Region } from '../geometry/region.ts';
import type { Session, Tensor } from '../models.ts';
import { prepare } from '../prepare/prepare.ts';
import type { Raster } from '../raster.ts';
import { EFFORTS, FIRST_LOOK_PIXELS, GOOD_PRINT } from '../settings.ts';
import { findLines } from './find-lines.ts';
import { printHeight } from './print-height.ts';

const line = (height: number, length: number, down = false): Region => ({
  origin: [0, 0],
  along: down ? [0, length] : [length, 0],
  across: down ? [height, 0] : [0, height],
});

test('print is as high as the smaller print of which a fifth is smaller still', () => {
  expect(printHeight([line(20, 400), line(20, 400), line(60, 600)])).toBe(20);
  // One short line of small print among much large print is a footnote.
  expect(printHeight([line(10, 50), line(60, 900), line(60, 900)])).toBe(60);
});

test('lines that run down the page tell as much as others, single letters nothing', () => {
  expect(printHeight([line(500, 30, true), line(30, 500)])).toBe(30);
  expect(printHeight([line(40, 40), line(40, 30)])).toBe(0);
  expect(printHeight([])).toBe(0);
});

/** Sees text where the first plane is dark, and keeps the sizes it was asked at. */
function watchedDetection() {
  const sizes: number[] = [];
  const session: Session = {
    inputNames: ['x'],
    outputNames: ['y'],
    run: async ({ x }): Promise<Record<string, Tensor>> => {
      const [, , height = 0, width = 0] = x!.dims;
      sizes.push(width * height);
      const data = Float32Array.from({ length: width * height }, (_, i) => (x!.data[i]! < 0 ? 0.9 : 0.1));
      return { y: { data, dims: [1, 1, height, width] } };
    },
  };
  return { sizes, session };
}

function pageWithBar(height: number): Raster {
  const page = { width: 1240, height: 1754, channels: 1 as const, data: new Uint8Array(1240 * 1754).fill(255) };
  for (let row = 800; row < 800 + height; row += 1) {
    page.data.fill(0, row * 1240 + 200, row * 1240 + 1000);
  }
  return page;
}

async function found(barHeight: number) {
  const page = pageWithBar(barHeight);
  const { session, sizes } = watchedDetection();
  const lines = await findLines(session, page, prepare(page, FIRST_LOOK_PIXELS), EFFORTS.accurate);
  return { ...lines, sizes };
}

test('large print is searched for once, small', async () => {
  const { sizes, regions, search } = await found(60);
  expect(sizes).toHaveLength(1);
  expect(sizes[0]).toBeLessThan(FIRST_LOOK_PIXELS * 1.1);
  expect(regions).toHaveLength(1);
  expect(search.input.dims[2]! * search.input.dims[3]!).toBe(sizes[0]);
});

test('small print, and a page that shows none, are searched again at full size', async () => {
  for (const height of [12, 0]) {
    const { sizes, search, regions } = await found(height);
    expect(sizes).toHaveLength(2);
    expect(sizes[1]).toBeGreaterThan(sizes[0]! * 4);
    expect(search.input.dims[2]! * search.input.dims[3]!).toBe(sizes[1]);
    expect(regions).toHaveLength(height === 0 ? 0 : 1);
  }
});

test('print of middling size is searched for at the size where it is as high as the detector likes it', async () => {
  const { sizes, search, regions } = await found(16);
  expect(sizes).toHaveLength(2);
  expect(sizes[1]).toBeLessThan(EFFORTS.accurate.searchPixels * 0.9);
  expect(printHeight(regions) / search.scaleY).toBeCloseTo(GOOD_PRINT, -1);
});
