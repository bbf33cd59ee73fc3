import type { Point } from '@docusnap/contracts';

/**
 * The convex hull of some points (Andrew's monotone chain), corners only, in the direction from the x to the y axis
 * (clockwise as seen, since y points down).
 */
export function convexHull(points: readonly Point[]): Point[] {
  const sorted = [...points].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  if (sorted.length < 3) {
    return sorted;
  }
  const forth = halfHull(sorted);
  const back = halfHull(sorted.reverse());
  forth.pop();
  back.pop();
  return forth.concat(back);
}

function halfHull(sorted: readonly Point[]): Point[] {
  const chain: Point[] = [];
  for (const point of sorted) {
    while (chain.length > 1 && turn(chain[chain.length - 2]!, chain[chain.length - 1]!, point) <= 0) {
      chain.pop();
    }
    chain.push(point);
  }
  return chain;
}

/** Above zero when going from a over b to c turns from the x towards the y axis. */
function turn(a: Point, b: Point, c: Point): number {
  return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
}
