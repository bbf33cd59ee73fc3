import { convexHull } from '../geometry/hull.ts';
import { minimalRectangle, type Rectangle } from '../geometry/rectangle.ts';
import { type Region, regionOf } from '../geometry/region.ts';
import { connectedComponents } from './components.ts';
import { growAll } from './margins.ts';

/** Probability from which a pixel belongs to text (PP-OCR: det_db_thresh). */
const PIXEL_THRESHOLD = 0.3;
/** Mean probability below which a patch is no text; PP-OCR takes 0.6 of the whole box, which holds fainter pixels too. */
const PATCH_THRESHOLD = 0.55;
/** Patches of fewer pixels are specks. */
const LEAST_PIXELS = 10;
/** Rectangles thinner than this, in working pixels, hold nothing that could be read (PP-OCR: min_size). */
const LEAST_SIDE = 3;

/**
 * The lines of print in a probability map, as regions of the page, each read from left to right.
 *
 * @param map [height, width] of working pixels, 0..1
 * @param scaleX page pixels per working pixel
 */
export function decodeMap(map: Float32Array, width: number, scaleX: number, scaleY: number): Region[] {
  const rectangles: Rectangle[] = [];
  for (const { pixels, probability, corners } of connectedComponents(map, width, PIXEL_THRESHOLD)) {
    if (pixels >= LEAST_PIXELS && probability >= PATCH_THRESHOLD) {
      const rectangle = minimalRectangle(convexHull(corners));
      if (Math.min(rectangle.width, rectangle.height) >= LEAST_SIDE) {
        rectangles.push(rectangle);
      }
    }
  }
  return growAll(rectangles).map((rectangle) => regionOf(rectangle, scaleX, scaleY));
}
