import type { ChunkRow } from './chunks.ts';
import { median } from './sizes.ts';
import type { Rule } from './upright.ts';

/** Places that a page's width is looked at in: a gap is found to about 3 pixels of a usual page. */
const PLACES = 512;
/** Between columns at least this part of the height of print is free in all rows. */
const LEAST_GAP = 0.5;
/** Rows that may run across a gap (headings over several columns), as a part of all; one of four, none of fewer. */
const CROSSING_PART = 0.16;
/** What a row that runs across takes from a stretch's worth, however much else it holds. */
const CROSSING_COST = 1.5;
/** A rule parts columns when it runs beside this part of the rows. */
const BESIDE = 0.5;
/** Rows looked at together: no table without rules goes on for more on one page, and the work grows with their square. */
const MOST_ROWS = 160;
/** From so many rows on, rows that leave no gap will leave none with more. */
const HOPELESS = 8;

/** Successive rows, from `start` to before `end`, that leave the same gaps free. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
  /** Where columns part: the middles of gaps, from left to right. */
  readonly cuts: readonly number[];
  readonly worth: number;
}

/**
 * The stretch of rows that has the most to say as a table: each row counts by how many of the columns it fills, less one. So a table takes in
 * rows as long as they keep its columns apart, and no paragraph, which would close them.
 */
export function bestStretch(rows: readonly ChunkRow[], vertical: readonly Rule[]): Stretch | undefined {
  const looked = rows.slice(0, MOST_ROWS);
  const left = Math.min(...looked.flatMap(({ chunks }) => chunks.map((chunk) => chunk.left)));
  const right = Math.max(...looked.flatMap(({ chunks }) => chunks.map((chunk) => chunk.right)));
  const scale = PLACES / Math.max(1, right - left);
  const size = median(looked.map((row) => row.size));
  const least = Math.max(1, LEAST_GAP * size * scale);
  const spans = looked.map(({ chunks }) =>
    chunks.map((chunk) => [Math.floor((chunk.left - left) * scale), Math.ceil((chunk.right - left) * scale)] as const),
  );
  let best: Stretch | undefined;
  const taken = new Uint16Array(PLACES + 1);
  for (let start = 0; start < looked.length; start += 1) {
    if (looked[start]!.chunks.length < 2) continue;
    taken.fill(0);
    for (let end = start + 1; end <= looked.length; end += 1) {
      for (const [from, to] of spans[end - 1]!) for (let x = from; x < to; x += 1) taken[x] = taken[x]! + 1;
      const count = end - start;
      if (count < 2 || looked[end - 1]!.chunks.length < 2) continue;
      const allowed = count < 4 ? 0 : Math.max(1, Math.floor(CROSSING_PART * count));
      const free = freePlaces(taken, { least, allowed });
      const cuts = withRules(
        free.map((gap) => ({
          from: left + gap.from / scale,
          to: left + gap.to / scale,
          middle: left + gap.middle / scale,
        })),
        vertical,
        looked.slice(start, end),
      );
      if (cuts.length === 0) {
        if (count > HOPELESS) break;
        continue;
      }
      const worth = worthOf(looked.slice(start, end), cuts);
      if (worth > (best?.worth ?? 0)) best = { start, end, cuts, worth };
    }
  }
  return best;
}

interface Gap {
  readonly from: number;
  readonly to: number;
  /** Of its emptiest part. */
  readonly middle: number;
}

/** The gaps between what is taken: of those places that the fewest rows run across, most wide. */
function freePlaces(taken: Uint16Array, { least, allowed }: { least: number; allowed: number }): Gap[] {
  const gaps: Gap[] = [];
  let seen = false;
  let from = -1;
  for (let x = 0; x < taken.length; x += 1) {
    if (taken[x]! <= allowed) {
      if (from < 0) from = x;
      continue;
    }
    if (seen && from >= 0 && x - from >= least) gaps.push({ from, to: x, middle: emptiest(taken, from, x) });
    seen = true;
    from = -1;
  }
  return gaps;
}

/** The middle of the widest stretch with the fewest rows across. */
function emptiest(taken: Uint16Array, from: number, to: number): number {
  let fewest = Number.POSITIVE_INFINITY;
  for (let x = from; x < to; x += 1) fewest = Math.min(fewest, taken[x]!);
  let [best, width, start] = [(from + to) / 2, 0, -1];
  for (let x = from; x <= to; x += 1) {
    if (x < to && taken[x] === fewest) {
      if (start < 0) start = x;
    } else if (start >= 0) {
      if (x - start > width) [best, width] = [(start + x) / 2, x - start];
      start = -1;
    }
  }
  return best;
}

/** Gaps, and vertical rules that run beside most rows: where there is one, its place is the gap's. */
function withRules(gaps: readonly Gap[], vertical: readonly Rule[], rows: readonly ChunkRow[]): number[] {
  const size = median(rows.map((row) => row.size));
  const [left, right] = [
    Math.min(...rows.flatMap(({ chunks }) => chunks.map((chunk) => chunk.left))),
    Math.max(...rows.flatMap(({ chunks }) => chunks.map((chunk) => chunk.right))),
  ];
  const rules = vertical
    .filter(({ at, from, to }) => {
      const beside = rows.filter(({ middle }) => middle > from && middle < to).length;
      return at > left + size / 2 && at < right - size / 2 && beside >= BESIDE * rows.length;
    })
    .map(({ at }) => at);
  const kept = gaps
    .filter(({ from, to }) => !rules.some((at) => at > from - size / 2 && at < to + size / 2))
    .map(({ middle }) => middle);
  if (rules.length === 0) return kept;
  const all = [...kept, ...rules].sort((a, b) => a - b);
  return all.filter((cut, index) => index === 0 || cut - all[index - 1]! > size / 2);
}

function worthOf(rows: readonly ChunkRow[], cuts: readonly number[]): number {
  let worth = 0;
  for (const { chunks } of rows) {
    const filled = new Set<number>();
    let crosses = false;
    for (const { left, right } of chunks) {
      const [first, last] = [columnAt(cuts, left), columnAt(cuts, right)];
      if (first !== last) crosses = true;
      filled.add(first);
    }
    worth += crosses ? -CROSSING_COST : filled.size - 1;
  }
  return worth;
}

/** The column that a place lies in. */
export function columnAt(cuts: readonly number[], x: number): number {
  let column = 0;
  while (column < cuts.length && x > cuts[column]!) column += 1;
  return column;
}
