import { expect, test } from '@jest/globals';
import { lengthOf, type Region } from '../geometry/region.ts';
import type { Raster } from '../raster.ts';
import { cutLong } from './cut-long.ts';

const HEIGHT = 20;
const WORD = 90;
const GAP = 14;
const STROKE = 6;

/** Words of strokes that stand close, with gaps between the words. */
function pageOfWords(width: number): Raster {
  const data = new Uint8Array(width * HEIGHT).fill(255);
  for (let x = 0; x < width; x += 1) {
    const isInk = x % (WORD + GAP) < WORD && (x % (WORD + GAP)) % (2 * STROKE) < STROKE;
    for (let y = 4; isInk && y < 16; y += 1) data[y * width + x] = 0;
  }
  return { width, height: HEIGHT, channels: 1, data };
}

const line = (length: number): Region => ({ origin: [0, 0], along: [length, 0], across: [0, HEIGHT] });

test('a line that is too long comes in parts that are short enough, cut between words', () => {
  const width = 5000;
  const parts = cutLong(pageOfWords(width), [line(width)]);
  expect(parts).toHaveLength(5);
  let end = 0;
  for (const part of parts) {
    expect(part.origin[0]).toBeCloseTo(end, 6);
    expect(lengthOf(part)).toBeLessThan(66 * HEIGHT);
    end = part.origin[0] + part.along[0];
    if (end < width - 1) expect(end % (WORD + GAP)).toBeGreaterThan(WORD);
  }
  expect(end).toBeCloseTo(width, 6);
});

test('a long line without a gap is cut all the same', () => {
  const page: Raster = { width: 3000, height: HEIGHT, channels: 1, data: new Uint8Array(3000 * HEIGHT) };
  for (let at = 0; at < page.data.length; at += 2) page.data[at] = 255;
  expect(cutLong(page, [line(3000)]).map(lengthOf)).toEqual([
    expect.any(Number),
    expect.any(Number),
    expect.any(Number),
  ]);
});

test('lines that can be read, and lines that run down the page, stay as they are', () => {
  const regions = [line(1190), line(30), { origin: [0, 0], along: [20, 0], across: [0, 4000] } satisfies Region];
  expect(cutLong(pageOfWords(1200), regions)).toEqual(regions);
});
