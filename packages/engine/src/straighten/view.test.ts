import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { quadOf, type Region } from '../geometry/region.ts';
import { type Quarter, throughView, viewOf } from './view.ts';

const QUARTERS: readonly Quarter[] = [0, 1, 2, 3];
const coordinate = fc.double({ min: -500, max: 500, noNaN: true });
const point = fc.tuple(coordinate, coordinate);
const regions = fc.record({ origin: point, along: point, across: point });
const sizes = fc.record({ width: fc.integer({ min: 1, max: 5000 }), height: fc.integer({ min: 1, max: 5000 }) });

function expectSame(a: Region, b: Region): void {
  for (const key of ['origin', 'along', 'across'] as const) {
    expect(a[key]).toEqual([expect.closeTo(b[key][0], 6), expect.closeTo(b[key][1], 6)]);
  }
}

test.each([
  [0, [0, 0], [300, 0], [300, 200], [0, 200]],
  [1, [300, 0], [300, 200], [0, 200], [0, 0]],
  [2, [300, 200], [0, 200], [0, 0], [300, 0]],
  [3, [0, 200], [0, 0], [300, 0], [300, 200]],
] as const)(
  'print turned by %s quarters begins in the corner that the turn has moved its first corner to',
  (quarter, ...corners) => {
    expect(quadOf(viewOf({ width: 300, height: 200 }, quarter))).toEqual(corners);
  },
);

test('a word near the first corner of a page turned clockwise lies near the right edge, read downwards', () => {
  const word: Region = { origin: [10, 20], along: [50, 0], across: [0, 8] };
  const turned = throughView(word, viewOf({ width: 300, height: 200 }, 1));
  expectSame(turned, { origin: [280, 10], along: [0, 50], across: [-8, 0] });
});

test('there and back again, a region is the same', () => {
  fc.assert(
    fc.property(regions, sizes, fc.constantFrom(...QUARTERS), (region, size, quarter) => {
      const upright = quarter % 2 === 0 ? size : { width: size.height, height: size.width };
      const back = viewOf(upright, ((4 - quarter) % 4) as Quarter);
      expectSame(throughView(throughView(region, back), viewOf(size, quarter)), region);
    }),
  );
});

test('whatever lies in the view lies in the page', () => {
  const part = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(sizes, fc.constantFrom(...QUARTERS), part, part, (size, quarter, x, y) => {
      const upright = quarter % 2 === 0 ? size : { width: size.height, height: size.width };
      const dot: Region = { origin: [x * upright.width, y * upright.height], along: [0, 0], across: [0, 0] };
      const [left, top] = throughView(dot, viewOf(size, quarter)).origin;
      expect(left).toBeGreaterThanOrEqual(-1e-6);
      expect(top).toBeGreaterThanOrEqual(-1e-6);
      expect(left).toBeLessThanOrEqual(size.width + 1e-6);
      expect(top).toBeLessThanOrEqual(size.height + 1e-6);
    }),
  );
});
