import type { Point, Quad } from '@docusnap/contracts';
import type { Bounds } from '../geometry/bounds.ts';
import type { Raster } from '../raster.ts';
import { type InkMap, inkMapOf } from './ink-map.ts';

const RADIANS = Math.PI / 180;

/**
 * The page as its print stands upright and level, in whole pixels: u along its lines, v down. Nothing is turned: a place is looked up on the page as
 * delivered, over a quarter turn and two shears, which keep pixels whole and at five degrees are off by half a percent.
 */
export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly ink: InkMap;
  /** Whether a pixel is ink; there is none beside the page. */
  isInk(u: number, v: number): boolean;
  /** Continuous places: pixel centres lie at .5. */
  toPage(point: Point): Point;
  fromPage(point: Point): Point;
  /** The corners of an upright rectangle of the frame in page pixels, clockwise from where reading starts. */
  quadOf(bounds: Bounds): Quad;
}

/** @param angle how far the print is turned clockwise, in degrees */
export function frameOf(page: Raster, angle: number): Frame {
  const quarters = Math.round(angle / 90);
  const slope = Math.tan((angle - quarters * 90) * RADIANS);
  const turn = ((quarters % 4) + 4) % 4;
  const [across, down] = turn % 2 === 0 ? [page.width, page.height] : [page.height, page.width];
  // What the shears push over an edge is room before the first column and row.
  const before = { v: slope > 0 ? Math.ceil(across * slope) : 0, u: 0 };
  const height = down + Math.ceil(across * Math.abs(slope));
  before.u = slope < 0 ? Math.ceil(height * -slope) : 0;
  const width = across + Math.ceil(height * Math.abs(slope));
  const ink = inkMapOf(page, { turn, slope, before, across, width, height });
  const { bits, stride } = ink;
  const isInk = (u: number, v: number) =>
    u >= 0 && u < width && v >= 0 && v < height && ((bits[v * stride + (u >> 5)]! >> (u & 31)) & 1) === 1;
  const toPage = ([u, v]: Point): Point => {
    const x = u - before.u - (v - before.v) * slope;
    const y = v - before.v + x * slope;
    if (turn === 0) return [x, y];
    if (turn === 1) return [page.width - y, x];
    return turn === 2 ? [page.width - x, page.height - y] : [y, page.height - x];
  };
  const fromPage = ([px, py]: Point): Point => {
    const [x, y]: Point =
      turn === 0
        ? [px, py]
        : turn === 1
          ? [py, page.width - px]
          : turn === 2
            ? [page.width - px, page.height - py]
            : [page.height - py, px];
    const v = y - x * slope + before.v;
    return [x + before.u + (v - before.v) * slope, v];
  };
  const quadOf = ({ left, top, right, bottom }: Bounds): Quad => [
    rounded(toPage([left, top])),
    rounded(toPage([right, top])),
    rounded(toPage([right, bottom])),
    rounded(toPage([left, bottom])),
  ];
  return { width, height, ink, isInk, toPage, fromPage, quadOf };
}

/** Hundredths of a pixel: finer is noise, and longer JSON. */
function rounded([x, y]: Point): Point {
  return [Math.round(x * 100) / 100, Math.round(y * 100) / 100];
}
