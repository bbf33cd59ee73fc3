import type { Rulings, Stroke } from '../rulings/rulings.ts';
import type { Frame } from './frame.ts';

/** A straight stroke in the frame: `from` to `to` along it, `at` its middle across it. */
export interface Bar {
  readonly from: number;
  readonly to: number;
  readonly at: number;
  readonly thickness: number;
}

/** The ruling strokes of a page as its print stands upright. */
export interface Bars {
  readonly level: readonly Bar[];
  readonly upright: readonly Bar[];
}

export function barsOf(frame: Frame, { horizontal, vertical }: Rulings): Bars {
  const level: Bar[] = [];
  const upright: Bar[] = [];
  for (const { from, to, thickness } of [...horizontal, ...vertical] satisfies Stroke[]) {
    const [a, b] = [frame.fromPage(from), frame.fromPage(to)];
    const isLevel = Math.abs(b[0] - a[0]) > Math.abs(b[1] - a[1]);
    const [along, across] = isLevel ? ([0, 1] as const) : ([1, 0] as const);
    const bar = {
      from: Math.min(a[along], b[along]),
      to: Math.max(a[along], b[along]),
      at: (a[across] + b[across]) / 2,
      thickness,
    };
    (isLevel ? level : upright).push(bar);
  }
  return { level, upright };
}

export function lengthOf({ from, to }: Bar): number {
  return to - from;
}

/** Whether two level bars begin and end at about the same places. */
export function areAligned(a: Bar, b: Bar, slack: number): boolean {
  return Math.abs(a.from - b.from) <= slack && Math.abs(a.to - b.to) <= slack;
}

/** The part of a column that has to be ink to be the side of a box: outlines break. */
const SIDE = 0.8;

/**
 * The column near `u` that is ink from `top` to `bottom`, one pixel aside allowed; undefined where there is none. Sides of low boxes are too short to be
 * found as strokes on their own.
 */
export function sideAt(
  { isInk }: Frame,
  u: number,
  { top, bottom, slack }: { top: number; bottom: number; slack: number },
): number | undefined {
  const [from, to] = [Math.round(top), Math.round(bottom)];
  for (let off = 0; off <= slack; off += 1) {
    for (const column of off === 0 ? [Math.round(u)] : [Math.round(u) - off, Math.round(u) + off]) {
      let ink = 0;
      for (let v = from; v < to; v += 1) if (isInk(column, v) || isInk(column - 1, v) || isInk(column + 1, v)) ink += 1;
      if (ink >= SIDE * (to - from)) return column;
    }
  }
  return undefined;
}
