import type { Line, Point, Quad } from '@docusnap/contracts';
import { skewOf } from '../arrange/placed.ts';
import { type Bounds, boundsOf } from '../geometry/bounds.ts';
import type { Rulings, Stroke } from '../rulings/rulings.ts';

const QUARTER = Math.PI / 2;
/** Strokes tell a page's skew more exactly than its print does, from so many of such a length, in pixels, on ... */
const TELLING_STROKES = 3;
const TELLING_LENGTH = 120;
/** ... where they lie within so much of the print's, in radians: a photograph's edges may run otherwise. */
const SAME_SKEW = 0.035;

/** A word where it stands once print and strokes are level. `size` is the height of its box. */
export interface PlacedWord extends Bounds {
  readonly text: string;
  readonly size: number;
  /** The line it is part of. */
  readonly line: Line;
}

/** A stroke once it is level: `at` across, `from` and `to` along. */
export interface Rule {
  readonly at: number;
  readonly from: number;
  readonly to: number;
  readonly thickness: number;
}

/** A page's print and strokes as if it had been scanned upright and level. */
export interface UprightPage {
  readonly words: readonly PlacedWord[];
  readonly horizontal: readonly Rule[];
  readonly vertical: readonly Rule[];
  /** Of a box in this space, its corners on the page. */
  readonly quadOf: (bounds: Bounds) => Quad;
}

export function uprightPage(lines: readonly Line[], rulings: Rulings): UprightPage {
  const angle = angleOf(lines, [...rulings.horizontal, ...rulings.vertical]);
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const level = ([x, y]: Point): [number, number] => [x * cos + y * sin, y * cos - x * sin];
  const back = (x: number, y: number): Point => [rounded(x * cos - y * sin), rounded(x * sin + y * cos)];
  const strokes = [...rulings.horizontal, ...rulings.vertical].map(({ from, to, thickness }) => {
    const [[x0, y0], [x1, y1]] = [level(from), level(to)];
    const lies = Math.abs(x1 - x0) >= Math.abs(y1 - y0);
    const [a, b] = lies ? [x0, x1] : [y0, y1];
    const rule = { at: lies ? (y0 + y1) / 2 : (x0 + x1) / 2, from: Math.min(a, b), to: Math.max(a, b), thickness };
    return { lies, rule };
  });
  return {
    words: lines.flatMap((line) =>
      line.words.map(({ text, quad }) => {
        const bounds = boundsOf([quad.map(level) as Quad]);
        return { text, ...bounds, size: bounds.bottom - bounds.top, line };
      }),
    ),
    horizontal: strokes.filter(({ lies }) => lies).map(({ rule }) => rule),
    vertical: strokes.filter(({ lies }) => !lies).map(({ rule }) => rule),
    quadOf: ({ left, top, right, bottom }) => [
      back(left, top),
      back(right, top),
      back(right, bottom),
      back(left, bottom),
    ],
  };
}

/** The quarter turn of the print and the skew of its lines, or of the strokes near to that. */
function angleOf(lines: readonly Line[], strokes: readonly Stroke[]): number {
  const print = skewOf(lines);
  const skews = strokes
    .map(({ from, to }) => ({
      off: remainder(Math.atan2(to[1] - from[1], to[0] - from[0]) - print),
      length: Math.hypot(to[0] - from[0], to[1] - from[1]),
    }))
    .filter(({ off, length }) => length >= TELLING_LENGTH && Math.abs(off) <= SAME_SKEW)
    .sort((a, b) => a.off - b.off);
  if (skews.length < TELLING_STROKES) return print;
  const half = skews.reduce((sum, { length }) => sum + length, 0) / 2;
  let passed = 0;
  const middle = skews.find(({ length }) => {
    passed += length;
    return passed >= half;
  });
  return print + (middle?.off ?? 0);
}

/** An angle within an eighth of a turn of 0 that differs from it by quarter turns. */
function remainder(angle: number): number {
  return angle - QUARTER * Math.round(angle / QUARTER);
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
