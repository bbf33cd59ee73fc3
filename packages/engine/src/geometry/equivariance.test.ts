import type { Point } from '@docusnap/contracts';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { convexHull } from './hull.ts';
import { minimalRectangle, type Rectangle } from './rectangle.ts';
import { heightOf, lengthOf, quadOf, type Region, regionOf, stretchOf, turnedBack, turnedDown } from './region.ts';

/** What is true of the shapes whatever way the page is moved or turned. */

const coordinate = fc.integer({ min: -60, max: 60 });
const point: fc.Arbitrary<Point> = fc.tuple(coordinate, coordinate);
const points = fc.array(point, { minLength: 1, maxLength: 40 });
const angle = fc.double({ min: -Math.PI, max: Math.PI, noNaN: true });
const side = fc.double({ min: 0.01, max: 500, noNaN: true });
const regions: fc.Arbitrary<Region> = fc
  .record({ centre: point, angle, width: side, height: side })
  .map(({ centre, angle: turn, width, height }) =>
    regionOf({ centre, axis: [Math.cos(turn), Math.sin(turn)], width, height }),
  );

/** Twice the area within corners, above zero where they run from the x towards the y axis. */
function area(corners: readonly Point[]): number {
  return corners.reduce((sum, [x, y], i) => {
    const [nextX, nextY] = corners[(i + 1) % corners.length]!;
    return sum + x * nextY - nextX * y;
  }, 0);
}

function turned([x, y]: Point, by: number): Point {
  return [x * Math.cos(by) - y * Math.sin(by), x * Math.sin(by) + y * Math.cos(by)];
}

function distinct(corners: readonly Point[]): string[] {
  return [...new Set(corners.map(String))].sort((a, b) => a.localeCompare(b));
}

function expectSame(a: Region, b: Region): void {
  for (const key of ['origin', 'along', 'across'] as const) {
    expect(a[key]).toEqual([expect.closeTo(b[key][0], 6), expect.closeTo(b[key][1], 6)]);
  }
}

test('the order in which points are given does not change their hull, nor does giving the hull again', () => {
  const shuffled = points.chain((all) =>
    fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length })),
  );
  fc.assert(
    fc.property(shuffled, ([all, other]) => {
      const hull = convexHull(all);
      expect(distinct(convexHull(other))).toEqual(distinct(hull));
      expect(distinct(convexHull(hull))).toEqual(distinct(hull));
    }),
  );
});

test('a hull moves with its points', () => {
  fc.assert(
    fc.property(points, point, (all, [dx, dy]) => {
      const move = ([x, y]: Point): Point => [x + dx, y + dy];
      expect(convexHull(all.map(move))).toEqual(convexHull(all).map(move));
    }),
  );
});

test('a hull turned by a quarter is the hull of the turned points', () => {
  fc.assert(
    fc.property(points, (all) => {
      const quarter = ([x, y]: Point): Point => [0 - y, x];
      const hull = convexHull(all.map(quarter));
      expect(distinct(hull)).toEqual(distinct(convexHull(all).map(quarter)));
      expect(area(hull)).toBe(area(convexHull(all)));
    }),
  );
});

test.each<[string, readonly Point[], Omit<Rectangle, 'centre'>]>([
  ['one point', [[3, 4]], { axis: [1, 0], width: 0, height: 0 }],
  // biome-ignore format: points in a row
  ['points on a level line', [[0, 2], [9, 2], [4, 2]], { axis: [1, 0], width: 9, height: 0 }],
  // 3-4-5 again: all of the length is along (4, 3) / 5.
  // biome-ignore format: points in a row
  ['points on a slanted line', [[0, 0], [4, 3], [8, 6]], { axis: [0.8, 0.6], width: 10, height: 0 }],
  // Down the page: the axis stays the one to the right, so the length is the height.
  // biome-ignore format: points in a row
  ['points on an upright line', [[5, 0], [5, 7]], { axis: [1, 0], width: 0, height: 7 }],
])('%s has a rectangle without area', (_, all, { axis, width, height }) => {
  const rectangle = minimalRectangle(convexHull(all));
  expect(rectangle.axis).toEqual([expect.closeTo(axis[0]), expect.closeTo(axis[1])]);
  expect([rectangle.width, rectangle.height]).toEqual([expect.closeTo(width), expect.closeTo(height)]);
});

test('the least rectangle touches a point on each side', () => {
  fc.assert(
    fc.property(points, (all) => {
      const { centre, axis, width, height } = minimalRectangle(convexHull(all));
      const along = all.map(([x, y]) => (x - centre[0]) * axis[0] + (y - centre[1]) * axis[1]);
      const across = all.map(([x, y]) => (y - centre[1]) * axis[0] - (x - centre[0]) * axis[1]);
      const extremes = [Math.min(...along), Math.max(...along), Math.min(...across), Math.max(...across)];
      const sides = [-width / 2, width / 2, -height / 2, height / 2];
      expect(Math.max(...extremes.map((value, i) => Math.abs(value - sides[i]!)))).toBeLessThan(1e-9);
    }),
  );
});

test('points that are turned by any angle have a least rectangle of the same area', () => {
  fc.assert(
    fc.property(points, angle, (all, by) => {
      const upright = minimalRectangle(convexHull(all));
      const slanted = minimalRectangle(convexHull(all.map((each) => turned(each, by))));
      expect(slanted.width * slanted.height).toBeCloseTo(upright.width * upright.height, 4);
    }),
  );
});

test('a region turned down four times, or back twice, is what it was; down twice is back', () => {
  fc.assert(
    fc.property(regions, (region) => {
      expectSame(turnedDown(turnedDown(turnedDown(turnedDown(region)))), region);
      expectSame(turnedBack(turnedBack(region)), region);
      expectSame(turnedDown(turnedDown(region)), turnedBack(region));
    }),
  );
});

test('turning a region moves its first corner on, and leaves corners, direction and area', () => {
  fc.assert(
    fc.property(regions, (region) => {
      const [a, b, c, d] = quadOf(region);
      const near = (corners: readonly Point[]) => corners.map(([x, y]) => [expect.closeTo(x, 1), expect.closeTo(y, 1)]);
      expect(quadOf(turnedDown(region))).toEqual(near([b, c, d, a]));
      expect(quadOf(turnedBack(region))).toEqual(near([c, d, a, b]));
      const { along, across } = turnedDown(region);
      const before = region.along[0] * region.across[1] - region.along[1] * region.across[0];
      expect((along[0] * across[1] - along[1] * across[0]) / before).toBeCloseTo(1);
      expect([lengthOf(turnedDown(region)), heightOf(turnedDown(region))]).toEqual([
        heightOf(region),
        lengthOf(region),
      ]);
    }),
  );
});

test('stretches that follow each other tile the region, and a stretch of a stretch is a stretch', () => {
  const part = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(regions, part, part, (region, first, second) => {
      const [head, tail] = [stretchOf(region, 0, first), stretchOf(region, first, 1)];
      expect(lengthOf(head) + lengthOf(tail)).toBeCloseTo(lengthOf(region), 6);
      expectSame({ ...tail, across: region.across }, tail);
      expect(tail.origin).toEqual([
        expect.closeTo(head.origin[0] + head.along[0], 6),
        expect.closeTo(head.origin[1] + head.along[1], 6),
      ]);
      expectSame(stretchOf(head, 0, second), stretchOf(region, 0, first * second));
    }),
  );
});
