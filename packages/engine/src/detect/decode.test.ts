import { expect, test } from '@jest/globals';
import { quadOf } from '../geometry/region.ts';
import { decodeMap } from './decode.ts';

const WIDTH = 64;

function mapWith(
  boxes: readonly { x: number; y: number; width: number; height: number; value: number }[],
): Float32Array {
  const map = new Float32Array(WIDTH * 64);
  for (const { x, y, width, height, value } of boxes) {
    for (let row = y; row < y + height; row += 1) {
      map.fill(value, row * WIDTH + x, row * WIDTH + x + width);
    }
  }
  return map;
}

test('a patch becomes a region around it, in pixels of the page', () => {
  const [region, ...others] = decodeMap(mapWith([{ x: 16, y: 30, width: 32, height: 4, value: 0.9 }]), WIDTH, 2, 3);
  expect(others).toEqual([]);
  const [[left, top], , [right, bottom]] = quadOf(region!);
  expect((left + right) / 2).toBeCloseTo(32 * 2);
  expect((top + bottom) / 2).toBeCloseTo(32 * 3);
  expect(right - left).toBeGreaterThan(32 * 2);
  expect(bottom - top).toBeGreaterThan(4 * 3);
});

test('specks, hairlines and faint patches are no text', () => {
  const map = mapWith([
    { x: 2, y: 2, width: 3, height: 3, value: 0.9 },
    { x: 2, y: 20, width: 40, height: 2, value: 0.9 },
    { x: 2, y: 40, width: 40, height: 8, value: 0.4 },
  ]);
  expect(decodeMap(map, WIDTH, 1, 1)).toEqual([]);
});

test('a blank map holds nothing', () => {
  expect(decodeMap(new Float32Array(WIDTH * 64), WIDTH, 1, 1)).toEqual([]);
});
