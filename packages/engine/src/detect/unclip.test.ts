import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Rectangle } from '../geometry/rectangle.ts';
import { growAll } from './margins.ts';
import { unclipDistance } from './unclip.ts';

const size = (width: number, height: number): Rectangle => ({ centre: [0, 0], axis: [1, 0], width, height });
const side = fc.double({ min: 1, max: 2000, noNaN: true });
const ratio = fc.double({ min: 0.1, max: 3, noNaN: true });

test.each([
  // area / perimeter: 100 x 20 is 2000 / 240, a square of 40 is 1600 / 160, a hairline of 300 x 1 is 300 / 602.
  [100, 20, 1.5, 12.5],
  [40, 40, 1.8, 18],
  [300, 1, 2, 600 / 602],
])('%s x %s with ratio %s moves out by %s', (width, height, by, distance) => {
  expect(unclipDistance(size(width, height), by)).toBeCloseTo(distance);
});

test('of what the detector was taught to take from a line, somewhat more than half is given back', () => {
  // DBNet moves sides in by area (1 - 0.4^2) / perimeter: those of 400 x 40 by 16000 * 0.84 / 880 = 15.27, which leaves 369.45 x 9.45.
  const inwards = (400 * 40 * (1 - 0.4 ** 2)) / 880;
  const [grown] = growAll([size(400 - 2 * inwards, 40 - 2 * inwards)]);
  // 1.8 * 369.45 * 9.45 / 757.8: patches of real maps are thicker than what was taught, so all of it would be too much.
  expect((grown!.height - 9.45) / 2).toBeCloseTo(8.3, 1);
  expect((grown!.width - 369.45) / 2).toBeCloseTo(8.3, 1);
});

test('it scales with the page, does not care which side is which, and is bounded by the shorter side', () => {
  fc.assert(
    fc.property(side, side, ratio, fc.double({ min: 0.1, max: 10, noNaN: true }), (width, height, by, scale) => {
      const distance = unclipDistance(size(width, height), by);
      expect(unclipDistance(size(height, width), by)).toBeCloseTo(distance, 6);
      expect(unclipDistance(size(width * scale, height * scale), by) / (distance * scale)).toBeCloseTo(1, 6);
      expect(distance).toBeLessThanOrEqual((by * Math.min(width, height)) / 2 + 1e-9);
      expect(distance).toBeGreaterThanOrEqual((by * Math.min(width, height)) / 4 - 1e-9);
    }),
  );
});

test('patches grow alike wherever they stand on the page and whatever order they are given in', () => {
  const patch = fc.record({
    x: fc.integer({ min: 0, max: 300 }),
    y: fc.integer({ min: 0, max: 300 }),
    width: fc.integer({ min: 3, max: 120 }),
    height: fc.integer({ min: 3, max: 40 }),
  });
  const shift = fc.integer({ min: -5000, max: 5000 });
  fc.assert(
    fc.property(fc.array(patch, { minLength: 1, maxLength: 8 }), shift, shift, (patches, dx, dy) => {
      const rectangles = patches.map(
        ({ x, y, width, height }): Rectangle => ({ centre: [x, y], axis: [1, 0], width, height }),
      );
      const grown = growAll(rectangles);
      const moved = growAll(
        rectangles.map((each) => ({ ...each, centre: [each.centre[0] + dx, each.centre[1] + dy] })),
      );
      const reversed = growAll([...rectangles].reverse()).reverse();
      for (const [index, { centre, width, height }] of grown.entries()) {
        const same = { axis: [1, 0], width: expect.closeTo(width, 6), height: expect.closeTo(height, 6) };
        expect(moved[index]).toEqual({
          ...same,
          centre: [expect.closeTo(centre[0] + dx, 6), expect.closeTo(centre[1] + dy, 6)],
        });
        expect(reversed[index]).toEqual({
          ...same,
          centre: [expect.closeTo(centre[0], 6), expect.closeTo(centre[1], 6)],
        });
      }
    }),
  );
});
