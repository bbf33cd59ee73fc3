import type { Point } from '@docusnap/contracts';

/** A rectangle turned by any angle. `axis` is a unit vector along `width`; `height` runs along (-axis[1], axis[0]). */
export interface Rectangle {
  readonly centre: Point;
  readonly axis: Point;
  readonly width: number;
  readonly height: number;
}

/**
 * The rectangle of least area around a convex hull. One of its sides lies on a side of the hull (Freeman and Shapira, 1975), so each
 * is tried. `axis` points to the right, within 45 degrees of the x axis.
 */
export function minimalRectangle(hull: readonly Point[]): Rectangle {
  let best = rectangleAlong(hull, [1, 0]);
  for (let i = 0; i < hull.length; i += 1) {
    const [x0, y0] = hull[i]!;
    const [x1, y1] = hull[(i + 1) % hull.length]!;
    const length = Math.hypot(x1 - x0, y1 - y0);
    if (length > 0) {
      const candidate = rectangleAlong(hull, rightward([(x1 - x0) / length, (y1 - y0) / length]));
      if (candidate.width * candidate.height < best.width * best.height) {
        best = candidate;
      }
    }
  }
  return best;
}

/** The same pair of perpendicular axes, named so that the first is the one within 45 degrees of the x axis, pointing right. */
function rightward([x, y]: Point): Point {
  const [u, v] = Math.abs(x) >= Math.abs(y) ? [x, y] : [y, -x];
  return u < 0 ? [-u, -v] : [u, v];
}

function rectangleAlong(hull: readonly Point[], axis: Point): Rectangle {
  const [ux, uy] = axis;
  let left = Number.POSITIVE_INFINITY;
  let right = Number.NEGATIVE_INFINITY;
  let top = Number.POSITIVE_INFINITY;
  let bottom = Number.NEGATIVE_INFINITY;
  for (const [x, y] of hull) {
    const along = x * ux + y * uy;
    const across = y * ux - x * uy;
    left = Math.min(left, along);
    right = Math.max(right, along);
    top = Math.min(top, across);
    bottom = Math.max(bottom, across);
  }
  const along = (left + right) / 2;
  const across = (top + bottom) / 2;
  return {
    centre: [along * ux - across * uy, along * uy + across * ux],
    axis,
    width: right - left,
    height: bottom - top,
  };
}
