import type { Point } from '@docusnap/contracts';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { convexHull } from './hull.ts';

const points = fc.array(fc.tuple(fc.integer({ min: -50, max: 50 }), fc.integer({ min: -50, max: 50 })), {
  minLength: 1,
  maxLength: 40,
});

function turn([ax, ay]: Point, [bx, by]: Point, [cx, cy]: Point): number {
  return (bx - ax) * (cy - ay) - (by - ay) * (cx - ax);
}

test('the hull of a square with points inside and on its sides is its four corners', () => {
  const hull = convexHull([
    [0, 0],
    [4, 0],
    [2, 0],
    [2, 2],
    [4, 4],
    [0, 4],
    [0, 1],
  ]);
  expect(hull).toEqual([
    [0, 0],
    [4, 0],
    [4, 4],
    [0, 4],
  ]);
});

test('every point lies inside the hull, and the hull turns one way only', () => {
  fc.assert(
    fc.property(points, (all) => {
      const hull = convexHull(all);
      hull.forEach((corner, index) => {
        const next = hull[(index + 1) % hull.length]!;
        const distinct = corner[0] !== next[0] || corner[1] !== next[1];
        if (hull.length >= 3 && distinct) {
          expect(all.every((point) => turn(corner, next, point) >= 0)).toBe(true);
        }
      });
    }),
  );
});

test('the corners of the hull are points that were given', () => {
  fc.assert(
    fc.property(points, (all) => {
      const given = new Set(all.map(String));
      expect(convexHull(all).every((corner) => given.has(String(corner)))).toBe(true);
    }),
  );
});
