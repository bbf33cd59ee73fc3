import type { Quad } from '@docusnap/contracts';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { boundsOf, quadAround } from './bounds.ts';

const coordinate = fc.integer({ min: -1000, max: 1000 });
const point = fc.tuple(coordinate, coordinate);
const quad: fc.Arbitrary<Quad> = fc.tuple(point, point, point, point);

test('the bounds of a slanted and an upright quad reach from the least to the greatest of their corners', () => {
  const slanted: Quad = [
    [10, 5],
    [50, 9],
    [48, 21],
    [8, 17],
  ];
  expect(boundsOf([slanted, quadAround({ left: 20, top: 12, right: 60, bottom: 14 })])).toEqual({
    left: 8,
    top: 5,
    right: 60,
    bottom: 21,
  });
});

test('the bounds hold every corner and touch one on each side', () => {
  fc.assert(
    fc.property(fc.array(quad, { minLength: 1, maxLength: 6 }), (quads) => {
      const { left, top, right, bottom } = boundsOf(quads);
      const corners = quads.flat();
      expect(corners.every(([x, y]) => x >= left && x <= right && y >= top && y <= bottom)).toBe(true);
      expect([left, right].every((side) => corners.some(([x]) => x === side))).toBe(true);
      expect([top, bottom].every((side) => corners.some(([, y]) => y === side))).toBe(true);
    }),
  );
});

test('the quad around bounds has these bounds, and runs clockwise from the upper left', () => {
  fc.assert(
    fc.property(quad, (corners) => {
      const bounds = boundsOf([corners]);
      const around = quadAround(bounds);
      expect(boundsOf([around])).toEqual(bounds);
      expect(around[0]).toEqual([bounds.left, bounds.top]);
      expect(around[1]).toEqual([bounds.right, bounds.top]);
    }),
  );
});
