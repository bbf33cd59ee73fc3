import { type Chunk, type ChunkRow, chunkRow } from './chunks.ts';
import { isTableOfPrint } from './evidence.ts';
import type { Grid, GridCell } from './grid.ts';
import type { Strokes } from './lattice.ts';
import { median } from './sizes.ts';
import { bestStretch, columnAt, type Stretch } from './stretches.ts';
import { tableRows } from './table-rows.ts';
import { textRows } from './text-rows.ts';
import type { PlacedWord } from './upright.ts';

/** Rows further apart than this many heights of print do not belong to one table, unless rules part them. */
const MOST_APART = 3.4;
/** Nor than so many, where it is this many times what the rows around stand apart. */
const APART = 2.2;
const APART_AMONG = 1.7;
/** So many rows of one piece of print each end a table. */
const MOST_SINGLE = 3;
/** Rows of headings above the first row that fills the columns, each at most so many heights of print above the next. */
const MOST_HEADINGS = 2;
const HEADING_PITCH = 2.4;
/** A heading over several columns stands over no more than this part of all, within so many heights of print of their middle. */
const MOST_SPANNED = 0.6;
const OFF_MIDDLE = 1.6;
/** A chunk spans columns when it reaches this part of the height of print over the gap between them. */
const OVER = 0.3;
/** A horizontal rule belongs to a table when it is this part of its width long, or more. */
const RULE_PART = 0.6;

/** Tables that show by how their print stands: rows of it that leave the same gaps free, again and again. */
export function unruledTables({ horizontal, vertical }: Strokes, words: readonly PlacedWord[]): Grid[] {
  const rows = textRows(words).map((row) => chunkRow(row, vertical));
  return runsOf(rows).flatMap((run) => tablesOf(run, { horizontal, vertical }));
}

function runsOf(rows: readonly ChunkRow[]): ChunkRow[][] {
  const runs: ChunkRow[][] = [];
  let single = 0;
  let before: ChunkRow | undefined;
  let margin = Number.NEGATIVE_INFINITY;
  for (const [index, row] of rows.entries()) {
    const [first] = row.chunks;
    // Further in than the rows above begin, a piece alone is the rest of a cell.
    if (row.chunks.length > 1) [single, margin] = [0, first!.left];
    else if (first!.left < margin + row.size) single += 1;
    const isFar = before === undefined || isApart(rows, index);
    if (isFar || single >= MOST_SINGLE) runs.push([row]);
    else runs[runs.length - 1]!.push(row);
    if (isFar && row.chunks.length === 1) margin = Number.POSITIVE_INFINITY;
    before = row;
  }
  return runs.filter((run) => run.length > 1);
}

/** Whether a row stands further from the one before than those of a table do, or than the rows around it do from each other. */
function isApart(rows: readonly ChunkRow[], index: number): boolean {
  const pitchAt = (at: number) => rows[at]!.middle - rows[at - 1]!.middle;
  const size = Math.max(rows[index]!.size, rows[index - 1]!.size);
  const pitch = pitchAt(index);
  if (pitch > MOST_APART * size) return true;
  const around: number[] = [];
  for (let at = Math.max(1, index - 3); at <= Math.min(rows.length - 1, index + 3); at += 1) {
    if (at !== index) around.push(pitchAt(at));
  }
  return pitch > APART * size && pitch > APART_AMONG * median(around);
}

function tablesOf(rows: readonly ChunkRow[], strokes: Strokes): Grid[] {
  if (rows.length < 2) return [];
  const stretch = bestStretch(rows, strokes.vertical);
  if (stretch === undefined) return [];
  const whole = extended(stretch, rows);
  const taken = rows.slice(whole.start, whole.end);
  const rules = rulesOf(taken, strokes);
  const grid = isTableOfPrint(taken, whole.cuts, rules) ? [gridOf(taken, whole.cuts, rules)] : [];
  return [...tablesOf(rows.slice(0, whole.start), strokes), ...grid, ...tablesOf(rows.slice(whole.end), strokes)];
}

/** The headings above, whose words may stand over several columns, and what goes on below the last row. */
function extended(stretch: Stretch, rows: readonly ChunkRow[]): Stretch {
  let { start, end } = stretch;
  const { cuts } = stretch;
  const taken = rows.slice(start, end);
  for (let added = 0; added < MOST_HEADINGS && isHeading(rows[start - 1], rows[start]!, cuts, taken); added += 1)
    start -= 1;
  const pitches = rows.slice(start + 1, end).map((row, index) => row.middle - rows[start + index]!.middle);
  for (let next = rows[end]; next?.chunks.length === 1; next = rows[end]) {
    const [{ left, right }] = next.chunks as [Chunk];
    const isNear = next.middle - rows[end - 1]!.middle <= 1.12 * Math.min(...pitches);
    if (!isNear || columnAt(cuts, left) === 0 || columnAt(cuts, left) !== columnAt(cuts, right)) break;
    end += 1;
  }
  return { ...stretch, start, end };
}

/** Pieces that each stand over columns of their own, not over most of them; what stands over several is in their middle. */
function isHeading(
  row: ChunkRow | undefined,
  below: ChunkRow,
  cuts: readonly number[],
  taken: readonly ChunkRow[],
): row is ChunkRow {
  if (row === undefined || below.middle - row.middle > HEADING_PITCH * Math.max(row.size, below.size)) return false;
  const edges = [leftOf(taken), ...cuts, rightOf(taken)];
  if (leftOf([row]) < edges[0]! - row.size || rightOf([row]) > edges[edges.length - 1]! + row.size) return false;
  const spans = row.chunks.map((chunk) => ({
    chunk,
    first: columnAt(cuts, chunk.left),
    last: columnAt(cuts, chunk.right),
  }));
  const places = spans.flatMap(({ first, last }) =>
    Array.from({ length: last - first + 1 }, (_, index) => first + index),
  );
  if (new Set(places).size !== places.length) return false;
  const crossing = spans.filter(({ first, last }) => last > first);
  if (crossing.length === 0) return row.chunks.length > 1;
  return crossing.every(({ chunk, first, last }) => {
    if (last - first + 1 > MOST_SPANNED * edges.length) return false;
    const middle = (edges[first]! + edges[last + 1]!) / 2;
    return Math.abs((chunk.left + chunk.right) / 2 - middle) <= row.size * OFF_MIDDLE;
  });
}

/** The horizontal rules that run along a table's rows, from just above to just below. */
function rulesOf(rows: readonly ChunkRow[], { horizontal }: Strokes) {
  const [left, right] = [leftOf(rows), rightOf(rows)];
  const size = median(rows.map((row) => row.size));
  const [top, bottom] = [rows[0]!.top - 1.5 * size, rows[rows.length - 1]!.bottom + 1.5 * size];
  return horizontal.filter(({ at, from, to }) => {
    const along = Math.min(to, right) - Math.max(from, left);
    return at > top && at < bottom && along >= RULE_PART * (right - left);
  });
}

function leftOf(rows: readonly ChunkRow[]): number {
  return Math.min(...rows.flatMap(({ chunks }) => chunks.map(({ left }) => left)));
}

function rightOf(rows: readonly ChunkRow[]): number {
  return Math.max(...rows.flatMap(({ chunks }) => chunks.map(({ right }) => right)));
}

function gridOf(rows: readonly ChunkRow[], cuts: readonly number[], rules: Strokes['horizontal']): Grid {
  const groups = tableRows(rows, cuts, rules);
  const ys = [
    groups[0]![0]!.top,
    ...groups.slice(1).map((group, index) => {
      const [above, below] = [groups[index]!.at(-1)!, group[0]!];
      const rule = rules.find(({ at }) => at > above.middle && at < below.middle);
      return rule?.at ?? (above.bottom + below.top) / 2;
    }),
    groups[groups.length - 1]!.at(-1)!.bottom,
  ];
  const cells = groups.flatMap((group, row) => cellsOf(group, row, cuts));
  return { xs: [leftOf(rows), ...cuts, rightOf(rows)], ys, cells, ruled: false };
}

function cellsOf(group: readonly ChunkRow[], row: number, cuts: readonly number[]): GridCell[] {
  const owner = Array.from({ length: cuts.length + 1 }, (_, column) => column);
  const places = group.flatMap(({ chunks, size }) =>
    chunks.map((chunk) => {
      const inset = Math.min(OVER * size, (chunk.right - chunk.left) / 3);
      return { chunk, first: columnAt(cuts, chunk.left + inset), last: columnAt(cuts, chunk.right - inset) };
    }),
  );
  for (const { first, last } of places) {
    for (let column = first + 1; column <= last; column += 1) owner[column] = owner[first]!;
  }
  return [...new Set(owner)].map((column) => {
    const columnSpan = owner.filter((other) => other === column).length;
    const words = places.filter(({ first }) => owner[first] === column).flatMap(({ chunk }) => chunk.words);
    return { row, column, rowSpan: 1, columnSpan, words };
  });
}
