import type { Line, PageText, Quad } from '@docusnap/contracts';

const QUARTER = Math.PI / 2;

/** An upright rectangle; in pixels. */
export interface Bounds {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** A line and where it lies once the print of its block stands upright and level. */
export interface PlacedLine extends Bounds {
  readonly line: Line;
  /** Of the letters' box, in pixels. */
  readonly size: number;
}

/** The lines of a block, turned together around the page's origin so that most of their print is level. */
export function place(lines: readonly Line[]): PlacedLine[] {
  const angle = directionOf(lines.map((line) => line.quad));
  const [cos, sin] = [Math.cos(-angle), Math.sin(-angle)];
  return lines.map((line) => {
    const corners = line.quad.map(([x, y]): [number, number] => [x * cos - y * sin, x * sin + y * cos]);
    return { line, ...boundsOf(corners), size: heightOf(line.quad) };
  });
}

/** How high print is: the mean of the sides across the reading direction. */
export function heightOf([a, b, c, d]: Quad): number {
  return (Math.hypot(d[0] - a[0], d[1] - a[1]) + Math.hypot(c[0] - b[0], c[1] - b[1])) / 2;
}

export function widthOf([a, b, c, d]: Quad): number {
  return (Math.hypot(b[0] - a[0], b[1] - a[1]) + Math.hypot(c[0] - d[0], c[1] - d[1])) / 2;
}

/** The reading direction in radians, clockwise from the page's x axis, of the quarter turn that most of the print stands in. */
export function directionOf(quads: readonly Quad[]): number {
  const vectors = quads.map(([a, b]) => ({ x: b[0] - a[0], y: b[1] - a[1] }));
  const quarters = Map.groupBy(vectors, ({ x, y }) => (Math.round(Math.atan2(y, x) / QUARTER) + 4) % 4);
  let best = { x: 1, y: 0, length: 0 };
  for (const ofQuarter of quarters.values()) {
    const [x, y] = [sum(ofQuarter.map((v) => v.x)), sum(ofQuarter.map((v) => v.y))];
    const length = Math.hypot(x, y);
    if (length > best.length) best = { x, y, length };
  }
  return Math.atan2(best.y, best.x);
}

export function boundsOf(points: readonly (readonly [number, number])[]): Bounds {
  const bounds = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
  // Not Math.min(...all): there may be more points than a call takes arguments.
  for (const [x, y] of points) {
    if (x < bounds.left) bounds.left = x;
    if (x > bounds.right) bounds.right = x;
    if (y < bounds.top) bounds.top = y;
    if (y > bounds.bottom) bounds.bottom = y;
  }
  return bounds;
}

/** The whole pixels that hold some quads, within their page. */
export function pixelBox(quads: readonly Quad[], page: Pick<PageText, 'width' | 'height'>): Bounds {
  const { left, top, right, bottom } = boundsOf(quads.flat());
  const within = (value: number, most: number): number => Math.max(0, Math.min(most, value));
  return {
    left: within(Math.floor(left), page.width),
    top: within(Math.floor(top), page.height),
    right: within(Math.ceil(right), page.width),
    bottom: within(Math.ceil(bottom), page.height),
  };
}

/** Whether a quad is more than its upright box: some side leans by a pixel or more, or it is read in another direction. */
export function isTurned([a, b, c, d]: Quad): boolean {
  const leans = [a[1] - b[1], d[1] - c[1], a[0] - d[0], b[0] - c[0]].some((by) => Math.abs(by) >= 1);
  return leans || b[0] <= a[0];
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** The middle value; 0 of none. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}
