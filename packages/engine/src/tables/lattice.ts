import type { Bounds } from '../geometry/bounds.ts';
import { median } from './sizes.ts';
import type { PlacedWord, Rule } from './upright.ts';

/** Strokes that end so near to one another, as a part of the height of print, touch. */
const TOUCH = 0.4;
const LEAST_TOUCH = 5;
/** An upright stroke of less than so many heights of print is short. */
const SHORT = 2.2;
/** Strokes so near to each other, as a part of the height of print, are one boundary: double strokes, and what is a little crooked. */
const SAME_BOUNDARY = 0.35;
const LEAST_BOUNDARY = 4;
/** Where strokes reach this many heights of print beyond the outermost one across them, and words stand there, the table is open on that side. */
const OPEN = 0.9;
/** A boundary stands between two places of the grid where strokes take at least this part of its length there. */
const WALL = 0.5;

/** Print on both sides of a boundary is so many heights of print apart where it is in two cells. */
const APART = 0.7;

/** The boundaries of rows and columns of some strokes that touch, in the upright space. */
export interface Lattice {
  /** From top to bottom. */
  readonly ys: readonly number[];
  /** From left to right. */
  readonly xs: readonly number[];
  /** Whether there is a stroke between this place of the grid and the one below, or to the right. */
  readonly isParted: (row: number, column: number, from: 'below' | 'right') => boolean;
}

export interface Strokes {
  readonly horizontal: readonly Rule[];
  readonly vertical: readonly Rule[];
}

/** Strokes in groups that touch; those that touch none across them are left out. */
export function touchingStrokes({ horizontal, vertical }: Strokes, words: readonly PlacedWord[]): Strokes[] {
  const touch = Math.max(LEAST_TOUCH, TOUCH * median(words.map(({ size }) => size)));
  const short = SHORT * median(words.map(({ size }) => size));
  const groups: { horizontal: Set<Rule>; vertical: Set<Rule> }[] = [];
  for (const upright of vertical) {
    const met = horizontal.filter(
      (level) =>
        upright.at >= level.from - touch &&
        upright.at <= level.to + touch &&
        level.at >= upright.from - touch &&
        level.at <= upright.to + touch,
    );
    if (met.length === 0) continue;
    // A letter's stem that reaches a stroke parts no columns: short strokes between columns run from one row's stroke to the next.
    const ends = [upright.from, upright.to].filter((end) => met.some(({ at }) => Math.abs(at - end) <= touch));
    if (upright.to - upright.from < short && ends.length < 2) continue;
    const group = { horizontal: new Set(met), vertical: new Set([upright]) };
    for (const other of groups.filter((one) => met.some((level) => one.horizontal.has(level)))) {
      for (const rule of other.horizontal) group.horizontal.add(rule);
      for (const rule of other.vertical) group.vertical.add(rule);
      groups.splice(groups.indexOf(other), 1);
    }
    groups.push(group);
  }
  return groups.map((group) => ({ horizontal: [...group.horizontal], vertical: [...group.vertical] }));
}

/** The box around strokes that touch. */
export function boxOf({ horizontal, vertical }: Strokes): Bounds {
  return {
    left: Math.min(...horizontal.map(({ from }) => from), ...vertical.map(({ at }) => at)),
    right: Math.max(...horizontal.map(({ to }) => to), ...vertical.map(({ at }) => at)),
    top: Math.min(...vertical.map(({ from }) => from), ...horizontal.map(({ at }) => at)),
    bottom: Math.max(...vertical.map(({ to }) => to), ...horizontal.map(({ at }) => at)),
  };
}

/** The grid that strokes make; open sides are closed where words stand beyond. */
export function latticeOf(strokes: Strokes, words: readonly PlacedWord[]): Lattice {
  const size = median(words.map((word) => word.size));
  const near = Math.max(LEAST_BOUNDARY, SAME_BOUNDARY * size);
  const levels = boundariesOf(strokes.horizontal, near);
  const uprights = boundariesOf(strokes.vertical, near);
  const [ys, xs] = [levels.map(({ at }) => at), uprights.map(({ at }) => at)];
  const box = {
    left: extent(strokes.horizontal, 'from'),
    right: extent(strokes.horizontal, 'to'),
    top: extent(strokes.vertical, 'from'),
    bottom: extent(strokes.vertical, 'to'),
  };
  const [above, below] = [Math.min(ys[0]!, box.top), Math.max(ys[ys.length - 1]!, box.bottom)];
  const beside = (from: number, to: number) => hasWords(words, { left: from, right: to, top: above, bottom: below });
  const over = (from: number, to: number) =>
    hasWords(words, { left: box.left, right: box.right, top: from, bottom: to });
  const open = {
    left: xs[0]! - box.left > OPEN * size && beside(box.left, xs[0]!),
    right: box.right - xs[xs.length - 1]! > OPEN * size && beside(xs[xs.length - 1]!, box.right),
    top: ys[0]! - box.top > OPEN * size && over(box.top, ys[0]!),
    bottom: box.bottom - ys[ys.length - 1]! > OPEN * size && over(ys[ys.length - 1]!, box.bottom),
  };
  const allYs = [...(open.top ? [box.top] : []), ...ys, ...(open.bottom ? [box.bottom] : [])];
  const allXs = [...(open.left ? [box.left] : []), ...xs, ...(open.right ? [box.right] : [])];
  const isParted = (row: number, column: number, from: 'below' | 'right') => {
    if (from === 'below') {
      const boundary = levels[row + 1 - (open.top ? 1 : 0)];
      return boundary !== undefined && takes(boundary.rules, allXs[column]!, allXs[column + 1]!, near);
    }
    const boundary = uprights[column + 1 - (open.left ? 1 : 0)];
    if (boundary === undefined) return false;
    const [top, bottom] = [allYs[row]!, allYs[row + 1]!];
    return (
      takes(boundary.rules, top, bottom, near) ||
      standsApart(words, { top, bottom, left: allXs[column]!, at: boundary.at, right: allXs[column + 2]! }, size)
    );
  };
  return { ys: allYs, xs: allXs, isParted };
}

/** Whether print stands on both sides of a boundary and clear of it: a short stroke that is not seen, since what spans both places stands across. */
function standsApart(
  words: readonly PlacedWord[],
  place: {
    readonly top: number;
    readonly bottom: number;
    readonly left: number;
    readonly at: number;
    readonly right: number;
  },
  size: number,
): boolean {
  const level = words.filter(({ top, bottom }) => (top + bottom) / 2 > place.top && (top + bottom) / 2 < place.bottom);
  const before = level.filter(({ left, right }) => (left + right) / 2 < place.at && right > place.left);
  const behind = level.filter(({ left, right }) => (left + right) / 2 >= place.at && left < place.right);
  if (before.length === 0 || behind.length === 0) return false;
  const end = Math.max(...before.map(({ right }) => right));
  const start = Math.min(...behind.map(({ left }) => left));
  return start - end > APART * size && end < place.at + size / 4 && start > place.at - size / 4;
}

/** How far at least two strokes reach; one alone may be a headline's. */
function extent(rules: readonly Rule[], end: 'from' | 'to'): number {
  const ends = rules.map((rule) => rule[end]).sort((a, b) => (end === 'from' ? a - b : b - a));
  return ends[Math.min(1, ends.length - 1)]!;
}

function hasWords(
  words: readonly PlacedWord[],
  area: { left: number; right: number; top: number; bottom: number },
): boolean {
  return words.some(({ left, right, top, bottom }) => {
    const [x, y] = [(left + right) / 2, (top + bottom) / 2];
    return x > area.left && x < area.right && y > area.top && y < area.bottom;
  });
}

interface Boundary {
  readonly at: number;
  readonly rules: readonly Rule[];
}

function boundariesOf(rules: readonly Rule[], near: number): Boundary[] {
  const groups: Rule[][] = [];
  for (const rule of [...rules].sort((a, b) => a.at - b.at)) {
    const group = groups[groups.length - 1];
    if (group && rule.at - group[group.length - 1]!.at <= near && rule.at - group[0]!.at <= 2 * near) group.push(rule);
    else groups.push([rule]);
  }
  return groups.map((group) => {
    const length = group.reduce((sum, { from, to }) => sum + to - from, 0);
    return { at: group.reduce((sum, { at, from, to }) => sum + at * (to - from), 0) / length, rules: group };
  });
}

/** Whether the strokes take most of a stretch; its ends, where others cross, are not counted. */
function takes(rules: readonly Rule[], from: number, to: number, near: number): boolean {
  const inset = Math.min(near, (to - from) / 4);
  const [start, end] = [from + inset, to - inset];
  const stretches = rules
    .map((rule) => [Math.max(start, rule.from), Math.min(end, rule.to)] as const)
    .filter(([a, b]) => b > a)
    .sort((a, b) => a[0] - b[0]);
  let taken = 0;
  let last = start;
  for (const [a, b] of stretches) {
    taken += Math.max(0, b - Math.max(a, last));
    last = Math.max(last, b);
  }
  return taken >= WALL * (end - start);
}
