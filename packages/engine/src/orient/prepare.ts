import { heightOf, lengthOf, type Region, stretchOf } from '../geometry/region.ts';
import type { Tensor } from '../models.ts';
import type { Raster } from '../raster.ts';
import { warp } from '../warp/warp.ts';

/** The size PP-OCR's text-line classifier takes: longer lines are squeezed into it, shorter ones are followed by zeros (mid-grey). */
const WIDTH = 192;
const HEIGHT = 48;
/**
 * Of a line that has more heights than this only the beginning is shown: of parts of 60 heights that stood upright the classifier took three of five for turned,
 * shown 40 heights of each too, shown 20 none; on development pages it said the same.
 */
const MOST_HEIGHTS = 20;

/** Some lines of the page as the classifier's input: [regions, 3, 48, 192], planes blue, green, red, -1..1. */
export function orientationInput(page: Raster, regions: readonly Region[]): Tensor {
  const size = 3 * HEIGHT * WIDTH;
  const data = new Float32Array(regions.length * size);
  regions.forEach((line, index) => {
    const region = stretchOf(line, 0, Math.min(1, (MOST_HEIGHTS * heightOf(line)) / Math.max(1, lengthOf(line))));
    const columns = Math.ceil((HEIGHT * lengthOf(region)) / Math.max(1, heightOf(region)));
    warp(data.subarray(index * size, (index + 1) * size), page, region, {
      columns: Math.max(1, Math.min(WIDTH, columns)),
      rows: HEIGHT,
      stride: WIDTH,
    });
  });
  return { data, dims: [regions.length, 3, HEIGHT, WIDTH] };
}
