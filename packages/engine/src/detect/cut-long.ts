import { heightOf, lengthOf, type Region, stretchOf } from '../geometry/region.ts';
import type { Raster } from '../raster.ts';
import { warp } from '../warp/warp.ts';

/** Line heights that the recogniser's longest picture (`MOST_WIDTH`) holds in a line's own shape, less some for where a cut falls. */
const MOST_HEIGHTS = 60;
/** A cut is moved by up to so many heights, which is some six letters, to where a gap is. */
const REACH = 3;
/** Of the picture in which the gap is looked for. */
const ROWS = 24;
/** A column without ink varies by less than this part of what the whole picture does. */
const EVEN = 0.25;

/**
 * Lines too long to be read in one picture, in parts, each cut at the widest gap near: squeezed into one, a line of 8,000 by 60 pixels was read as a
 * row of "q". Those that run down the page stay whole.
 */
export function cutLong(page: Raster, regions: readonly Region[]): Region[] {
  return regions.flatMap((region) => {
    const parts = Math.ceil(lengthOf(region) / (MOST_HEIGHTS * Math.max(1, heightOf(region))));
    if (parts <= 1) return [region];
    const cuts = Array.from({ length: parts - 1 }, (_, index) => gapNear(page, region, (index + 1) / parts));
    return [0, ...cuts].map((start, index) => stretchOf(region, start, cuts[index] ?? 1));
  });
}

/** The middle of the widest gap near this fraction of a region's length, as such a fraction. */
function gapNear(page: Raster, region: Region, place: number): number {
  const reach = (REACH * heightOf(region)) / lengthOf(region);
  const columns = 2 * REACH * ROWS;
  const planes = new Float32Array(3 * ROWS * columns);
  warp(planes, page, stretchOf(region, place - reach, place + reach), { columns, rows: ROWS, stride: columns });
  const ranges = Array.from({ length: columns }, (_, column) => rangeOf(planes, column, columns));
  const limit = EVEN * Math.max(...ranges);
  // The middle of all where there is no gap at all.
  let best = { from: columns / 2, to: columns / 2 };
  let from = 0;
  for (let column = 0; column <= columns; column += 1) {
    if (column < columns && ranges[column]! <= limit) continue;
    if (column - from > best.to - best.from) best = { from, to: column };
    from = column + 1;
  }
  return place + reach * ((best.from + best.to) / columns - 1);
}

/** Of the first plane's numbers in a column. */
function rangeOf(planes: Float32Array, column: number, columns: number): number {
  let [least, most] = [Infinity, -Infinity];
  for (let row = 0; row < ROWS; row += 1) {
    const value = planes[row * columns + column]!;
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  return most - least;
}
