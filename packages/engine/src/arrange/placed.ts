import type { Line } from '@docusnap/contracts';
import { type Bounds, boundsOf } from '../geometry/bounds.ts';

const QUARTER = Math.PI / 2;

/** A line and its place on the page once the print stands upright and level: only so do rows lie level. */
export interface PlacedLine extends Bounds {
  readonly line: Line;
  /** Of the letters' box, in pixels; the smaller side of lines that run down the page. */
  readonly size: number;
}

export function place(lines: readonly Line[]): PlacedLine[] {
  const angle = skewOf(lines);
  const [cos, sin] = [Math.cos(-angle), Math.sin(-angle)];
  return lines.map((line) => {
    const [a, b, c, d] = line.quad.map(([x, y]): [number, number] => [x * cos - y * sin, x * sin + y * cos]);
    return { line, ...boundsOf([[a!, b!, c!, d!]]), size: sizeOf(line) };
  });
}

function sizeOf({ quad: [a, b, , d] }: Line): number {
  return Math.min(Math.hypot(d[0] - a[0], d[1] - a[1]), Math.hypot(b[0] - a[0], b[1] - a[1]));
}

/**
 * The angle of the page's print in radians: the quarter turn that most of it stands in, and the median skew of those lines; long lines count more.
 */
export function skewOf(lines: readonly Line[]): number {
  const angles = lines.map(({ quad: [[x0, y0], [x1, y1]] }) => {
    const angle = Math.atan2(y1 - y0, x1 - x0);
    const quarter = Math.round(angle / QUARTER);
    return { quarter: (quarter + 4) % 4, skew: angle - quarter * QUARTER, length: Math.hypot(x1 - x0, y1 - y0) };
  });
  const lengths = [0, 1, 2, 3].map((quarter) => total(angles.filter((angle) => angle.quarter === quarter)));
  const quarter = lengths.indexOf(Math.max(...lengths));
  const alike = angles.filter((angle) => angle.quarter === quarter).sort((a, b) => a.skew - b.skew);
  const half = total(alike) / 2;
  let passed = 0;
  const middle = alike.find(({ length }) => {
    passed += length;
    return passed >= half;
  });
  return quarter * QUARTER + (middle?.skew ?? 0);
}

function total(angles: readonly { length: number }[]): number {
  return angles.reduce((sum, { length }) => sum + length, 0);
}

export function medianSize(lines: readonly PlacedLine[]): number {
  const sizes = lines.map(({ size }) => size).sort((a, b) => a - b);
  return sizes[sizes.length >> 1] ?? 0;
}
