export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Line {
  /** Of y, for each step of x. */
  readonly slope: number;
  /** Standard error of the slope. */
  readonly error: number;
}

/** The line that lies nearest to the points, by least squares. */
export function fitLine(points: readonly Point[]): Line {
  if (points.length < 3) throw new RangeError(`Expected at least three points to fit a line to, got ${points.length}`);
  const mean = (of: (point: Point) => number) => points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const [x0, y0] = [mean(({ x }) => x), mean(({ y }) => y)];
  const spread = points.reduce((sum, { x }) => sum + (x - x0) ** 2, 0);
  const slope = points.reduce((sum, { x, y }) => sum + (x - x0) * (y - y0), 0) / spread;
  const rest = points.reduce((sum, { x, y }) => sum + (y - y0 - slope * (x - x0)) ** 2, 0);
  return { slope, error: Math.sqrt(rest / (points.length - 2) / spread) };
}
