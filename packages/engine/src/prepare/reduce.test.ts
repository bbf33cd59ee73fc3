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

test('every block is the mean of its own pixels, at each factor, in grey and in colour, whatever is left over at the edges', () => {
  const side = fc.integer({ min: 1, max: 30 });
  const channels = fc.constantFrom<(1 | 3)[]>(1, 3);
  fc.assert(
    fc.property(
      side,
      side,
      fc.integer({ min: 1, max: 6 }),
      channels,
      fc.nat(),
      (width, height, factor, channels, seed) => {
        const data = Uint8Array.from(
          { length: width * height * channels },
          (_, i) => Math.imul(i + seed, 2_654_435_761) >>> 24,
        );
        const reduced = reduceRaster({ width, height, channels, data }, factor);
        const expected = Array.from(reduced.data, (_, i) => {
          const left = (Math.floor(i / channels) % reduced.width) * factor;
          const top = Math.floor(i / channels / reduced.width) * factor;
          const block: number[] = [];
          for (let y = top; y < Math.min(height, top + factor); y += 1) {
            for (let x = left; x < Math.min(width, left + factor); x += 1) {
              block.push(data[(y * width + x) * channels + (i % channels)]!);
            }
          }
          return Math.floor((block.reduce((sum, level) => sum + level, 0) + (block.length >> 1)) / block.length);
        });
        expect([...reduced.data]).toEqual(expected);
      },
    ),
  );
});
