import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { EFFORTS } from '../settings.ts';
import { workingSize as sizeFor } from './working-size.ts';

const workingSize = (page: { width: number; height: number }) => sizeFor(page, EFFORTS.accurate.searchPixels);

test('an A4 page is searched at about 1,472 pixels of height, whatever its resolution', () => {
  for (const scale of [0.75, 1, 4]) {
    expect(workingSize({ width: 1240 * scale, height: 1754 * scale })).toEqual({ width: 1056, height: 1472 });
  }
});

test('a small page is enlarged, but at most to twice its size', () => {
  expect(workingSize({ width: 320, height: 64 })).toEqual({ width: 640, height: 128 });
});

test('a page of one pixel is one step large', () => {
  expect(workingSize({ width: 1, height: 1 })).toEqual({ width: 32, height: 32 });
});

test('a strip of a million pixels by one is not searched at more pixels than a page', () => {
  expect(workingSize({ width: 1_000_000, height: 1 })).toEqual({ width: 47_840, height: 32 });
});

test('sides are whole steps and the work is bounded', () => {
  const side = fc.oneof(fc.integer({ min: 1, max: 30_000 }), fc.integer({ min: 1_000_000, max: 100_000_000 }));
  fc.assert(
    fc.property(side, side, (width, height) => {
      const size = workingSize({ width, height });
      expect([size.width % 32, size.height % 32]).toEqual([0, 0]);
      expect(size.width * size.height).toBeLessThan(2_200_000);
    }),
  );
});
