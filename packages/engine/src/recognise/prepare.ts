import { heightOf, lengthOf, type Region } from '../geometry/region.ts';
import type { Tensor } from '../models.ts';
import type { Raster } from '../raster.ts';
import { warp } from '../warp/warp.ts';

/** Height of the recogniser's input. */
const HEIGHT = 48;
/** The recogniser looks at eight columns at a time; a width between two steps would only add a blank. */
const STEP = 8;
const LEAST_WIDTH = 16;
/** Print of about 130 letters; longer lines are squeezed. */
export const MOST_WIDTH = 3200;

/** Where a line's numbers are put: memory of their own, unless it is kept for the next line. */
type Take = (length: number) => Float32Array;

/**
 * A line as the recogniser's input: [1, 3, 48, W], planes blue, green, red, -1..1. Each line has its own width: time grows with it, and filling up to
 * the widest of a batch costs in proportion. The line is stretched by under one step to fill its width.
 *
 * @param aspect width for height, of what the region has: 1 keeps the letters' shape, less makes them narrower
 */
export function lineInput(page: Raster, region: Region, aspect = 1, take: Take = ownMemory): Tensor {
  const width = Math.ceil((HEIGHT * aspect * lengthOf(region)) / Math.max(1, heightOf(region)) / STEP) * STEP;
  const columns = Math.max(LEAST_WIDTH, Math.min(MOST_WIDTH, width));
  const data = take(3 * HEIGHT * columns);
  warp(data, page, region, { columns, rows: HEIGHT, stride: columns });
  return { data, dims: [1, 3, HEIGHT, columns] };
}

function ownMemory(length: number): Float32Array {
  return new Float32Array(length);
}
