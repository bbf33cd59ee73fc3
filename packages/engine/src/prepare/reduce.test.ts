import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { reduceRaster } from './reduce.ts';

test('each pixel is the mean of its block, rounded; blocks at the edges are the mean of what there is', () => {
  const data = Uint8Array.of(0, 10, 100, 20, 30, 200, 7, 9, 50);
  expect(reduceRaster({ width: 3, height: 3, channels: 1, data }, 2)).toEqual({
    width: 2,
    height: 2,
    channels: 1,
    data: Uint8Array.of(15, 150, 8, 50),
  });
});

test('colours do not mix', () => {
  const data = Uint8Array.of(10, 0, 200, 20, 0, 100, 30, 0, 0, 40, 0, 100);
  const { data: reduced } = reduceRaster({ width: 2, height: 2, channels: 3, data }, 2);
  expect([...reduced]).toEqual([25, 0, 100]);
});

test('an even page stays even, whatever its sides and the factor', () => {
  const side = fc.integer({ min: 1, max: 40 });
  fc.assert(
    fc.property(side, side, fc.integer({ min: 1, max: 9 }), fc.nat(255), (width, height, factor, level) => {
      const page = { width, height, channels: 3 as const, data: new Uint8Array(width * height * 3).fill(level) };
      expect(new Set(reduceRaster(page, factor).data)).toEqual(new Set([level]));
    }),
  );
});
