import type { Search } from '../prepare/prepare.ts';
import type { Quarter } from './view.ts';

/**
 * A page made ready to be searched, with its print upright: the same numbers as the upright page would give, for a quarter turn moves
 * pixels without mixing them.
 *
 * @param quarter how far the print is turned clockwise, and so how far the picture is turned back
 */
export function turnedSearch({ input, scaleX, scaleY }: Search, quarter: Quarter): Search {
  const [, , height = 0, width = 0] = input.dims;
  const area = width * height;
  const [columns, rows] = quarter % 2 === 0 ? [width, height] : [height, width];
  // Where the turned picture's first pixel lies in the page's plane, and how far apart its neighbours to the right and below lie.
  const [first, right, down] = (
    [
      [0, 1, width],
      [width - 1, width, -1],
      [area - 1, -1, -width],
      [area - width, -width, 1],
    ] as const
  )[quarter];
  const data = new Float32Array(input.data.length);
  for (let plane = 0; plane < input.data.length; plane += area) {
    for (let row = 0; row < rows; row += 1) {
      let from = plane + first + row * down;
      const out = plane + row * columns;
      for (let column = 0; column < columns; column += 1) {
        data[out + column] = input.data[from]!;
        from += right;
      }
    }
  }
  const scales = quarter % 2 === 0 ? { scaleX, scaleY } : { scaleX: scaleY, scaleY: scaleX };
  return { input: { data, dims: [1, 3, rows, columns] }, ...scales };
}
