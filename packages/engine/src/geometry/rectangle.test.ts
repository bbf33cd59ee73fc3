import type { Point } from '@docusnap/contracts';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { convexHull } from './hull.ts';
import { minimalRectangle, type Rectangle } from './rectangle.ts';

const coordinate = fc.integer({ min: -100, max: 100 });
const points = fc.array(fc.tuple(coordinate, coordinate), { minLength: 3, maxLength: 30 });

/** How far outside the rectangle a point lies; 0 or less is inside. */
function outside({ centre, axis, width, height }: Rectangle, [x, y]: Point): number {
  const along = (x - centre[0]) * axis[0] + (y - centre[1]) * axis[1];
  const across = (y - centre[1]) * axis[0] - (x - centre[0]) * axis[1];
  return Math.max(Math.abs(along) - width / 2, Math.abs(across) - height / 2);
}

function areaAt(all: readonly Point[], angle: number): number {
  const along = all.map(([x, y]) => x * Math.cos(angle) + y * Math.sin(angle));
  const across = all.map(([x, y]) => y * Math.cos(angle) - x * Math.sin(angle));
  return (Math.max(...along) - Math.min(...along)) * (Math.max(...across) - Math.min(...across));
}

test('an upright rectangle is found as it is', () => {
  const rectangle = minimalRectangle([
    [10, 20],
    [50, 20],
    [50, 30],
    [10, 30],
  ]);
  expect(rectangle).toEqual({ centre: [30, 25], axis: [1, 0], width: 40, height: 10 });
});

test('a turned rectangle is found at its angle', () => {
  // 3-4-5: the long side runs along (4, 3) / 5.
  const rectangle = minimalRectangle([
    [0, 0],
    [40, 30],
    [34, 38],
    [-6, 8],
  ]);
  expect(rectangle.axis[0]).toBeCloseTo(0.8);
  expect(rectangle.axis[1]).toBeCloseTo(0.6);
  expect([rectangle.width, rectangle.height]).toEqual([expect.closeTo(50), expect.closeTo(10)]);
  expect(rectangle.centre).toEqual([expect.closeTo(17), expect.closeTo(19)]);
});

test('it holds all points', () => {
  fc.assert(
    fc.property(points, (all) => {
      const rectangle = minimalRectangle(convexHull(all));
      expect(Math.max(...all.map((point) => outside(rectangle, point)))).toBeLessThan(1e-9);
    }),
  );
});

test('no rectangle at any other angle is smaller', () => {
  fc.assert(
    fc.property(points, fc.double({ min: 0, max: Math.PI, noNaN: true }), (all, angle) => {
      const { width, height } = minimalRectangle(convexHull(all));
      expect(width * height).toBeLessThanOrEqual(areaAt(all, angle) + 1e-6);
    }),
  );
});

test('its axis points to the right, within 45 degrees of level', () => {
  fc.assert(
    fc.property(points, (all) => {
      const { axis } = minimalRectangle(convexHull(all));
      expect(axis[0]).toBeGreaterThanOrEqual(Math.abs(axis[1]) - 1e-12);
      expect(Math.hypot(...axis)).toBeCloseTo(1);
    }),
  );
});
