import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Region } from '../geometry/region.ts';
import type { Search } from '../prepare/prepare.ts';
import { turnedSearch } from './turned-search.ts';
import { type Quarter, throughView, viewOf } from './view.ts';

/** A search of 3 x 2 whose planes hold 1 to 6, 11 to 16 and 21 to 26. */
const search: Search = {
  input: {
    data: Float32Array.of(1, 2, 3, 4, 5, 6, 11, 12, 13, 14, 15, 16, 21, 22, 23, 24, 25, 26),
    dims: [1, 3, 2, 3],
  },
  scaleX: 2,
  scaleY: 5,
};

test.each([
  [0, [1, 2, 3, 4, 5, 6], [1, 3, 2, 3]],
  [1, [3, 6, 2, 5, 1, 4], [1, 3, 3, 2]],
  [2, [6, 5, 4, 3, 2, 1], [1, 3, 2, 3]],
  [3, [4, 1, 5, 2, 6, 3], [1, 3, 3, 2]],
] as const)(
  'a page whose print is turned by %s quarters is turned back, each plane for itself',
  (quarter, plane, dims) => {
    const { input, scaleX, scaleY } = turnedSearch(search, quarter);
    expect(Array.from(input.data)).toEqual([0, 10, 20].flatMap((more) => plane.map((value) => value + more)));
    expect(input.dims).toEqual(dims);
    expect([scaleX, scaleY]).toEqual(quarter % 2 === 0 ? [2, 5] : [5, 2]);
  },
);

test('every pixel of the turned picture is the pixel of the page that the view leads to', () => {
  const side = fc.integer({ min: 1, max: 9 });
  fc.assert(
    fc.property(side, side, fc.constantFrom<Quarter>(0, 1, 2, 3), (width, height, quarter) => {
      const data = Float32Array.from({ length: 3 * width * height }, (_, i) => i);
      const { input } = turnedSearch({ input: { data, dims: [1, 3, height, width] }, scaleX: 1, scaleY: 1 }, quarter);
      const [, , rows = 0, columns = 0] = input.dims;
      const view = viewOf({ width, height }, quarter);
      for (let i = 0; i < rows * columns; i += 1) {
        const centre: Region = {
          origin: [(i % columns) + 0.5, Math.floor(i / columns) + 0.5],
          along: [0, 0],
          across: [0, 0],
        };
        const [x, y] = throughView(centre, view).origin;
        expect(input.data[i]).toBe(Math.floor(y) * width + Math.floor(x));
      }
    }),
  );
});
