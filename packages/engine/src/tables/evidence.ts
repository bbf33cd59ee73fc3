import type { Chunk, ChunkRow } from './chunks.ts';
import { describeColumn, hasNumbers, type PrintColumn } from './columns-of-print.ts';
import { median } from './sizes.ts';
import { columnAt } from './stretches.ts';
import type { Rule } from './upright.ts';

/** Rows that a table of two columns has at least, and one of more. */
const LEAST_ROWS = { two: 3, more: 3, withRules: 2 } as const;
/** This part of all places holds print. */
const LEAST_FILLED = 0.5;
/** Every column has print in this part of the rows, and at least in two. */
const LEAST_COLUMN = 0.3;
/** Cells begin, end or are centred at one place in this part of a column; on the average. */
const LEAST_ALIGNED = 0.68;
/** Two columns are a table where this part of one is numbers, as of a list of prices ... */
const NUMBERS = 0.55;
/** ... and no more than this part of the other is names of blanks to fill. */
const MOST_LABELS = 0.4;
/** In more columns this part of all pieces may be such names: forms have them beside each other. */
const MOST_LABELS_OF_ALL = 0.22;
/** Rows of a list are printed in no more than this many times its usual size: sums are larger. */
const MOST_LARGER = 1.35;
/** Rules along most of a table's width that show that it is one. */
const TELLING_RULES = 2;
/** A column of marks or numbers before items is no column of a table, from this part on. */
const ITEMS = 0.6;

/**
 * Whether rows that leave gaps free are a table. Most of what does is none: columns of running text, addresses side by side, blanks of a form and
 * their names, numbered lists.
 */
export function isTableOfPrint(rows: readonly ChunkRow[], cuts: readonly number[], rules: readonly Rule[]): boolean {
  const size = median(rows.map((row) => row.size));
  const cells: Chunk[][] = Array.from({ length: cuts.length + 1 }, () => []);
  for (const { chunks } of rows) {
    for (const chunk of chunks) {
      const [first, last] = [columnAt(cuts, chunk.left), columnAt(cuts, chunk.right)];
      if (first === last) cells[first]!.push(chunk);
    }
  }
  if (cells.some((column) => column.length < Math.max(2, LEAST_COLUMN * ownRows(rows, cuts).length))) return false;
  const columns = cells.map((column) => describeColumn(column, size));
  const aligned = columns.reduce((sum, column) => sum + column.aligned, 0) / columns.length;
  if (aligned < LEAST_ALIGNED || columns.filter(({ isProse }) => isProse).length > 1) return false;
  const isRuled = rules.length >= TELLING_RULES;
  // Strokes above and below sums part them from the bill; those of a table part its heading or its rows too.
  const inner = rules.some(({ at }) => at > rows[0]!.middle && at < rows[rows.length - 1]!.middle);
  return columns.length === 2 ? isList(rows, columns, isRuled && inner) : isTable(rows, cuts, columns, isRuled);
}

function isList(rows: readonly ChunkRow[], columns: readonly PrintColumn[], isRuled: boolean): boolean {
  const [left, right] = columns as [PrintColumn, PrintColumn];
  if (left.labels > MOST_LABELS || left.items > ITEMS || left.isProse || right.isProse) return false;
  const full = rows.filter(({ chunks }) => chunks.length > 1).length;
  if (full < LEAST_ROWS.two || full < LEAST_FILLED * rows.length) return false;
  if (!isEven(rows)) return false;
  if (isRuled && right.numbers < NUMBERS) return rows.length > LEAST_ROWS.two;
  return right.numbers >= NUMBERS && (isRuled || hasHeading(rows));
}

/** Whether names stand over both columns: sums below a bill have none. */
function hasHeading(rows: readonly ChunkRow[]): boolean {
  const [first] = rows;
  return first !== undefined && first.chunks.length === 2 && !hasNumbers(first);
}

/** Whether all rows are printed in about one size. */
function isEven(rows: readonly ChunkRow[]): boolean {
  const sizes = rows.map(({ size }) => size).sort((a, b) => a - b);
  return sizes[sizes.length - 1]! <= MOST_LARGER * sizes[sizes.length >> 1]!;
}

function isTable(
  rows: readonly ChunkRow[],
  cuts: readonly number[],
  columns: readonly PrintColumn[],
  isRuled: boolean,
): boolean {
  const filled = columns.reduce((sum, column) => sum + column.filled, 0);
  const labels = columns.reduce((sum, column) => sum + column.labels * column.filled, 0);
  if (rows.length < (isRuled ? LEAST_ROWS.withRules : LEAST_ROWS.more)) return false;
  if (labels > MOST_LABELS_OF_ALL * filled) return false;
  // Text that goes on below in a column or two leaves the others empty there.
  const own = ownRows(rows, cuts);
  const places = own.reduce((sum, { size }) => sum + size, 0);
  return own.length >= 2 && places >= LEAST_FILLED * own.length * columns.length;
}

/** The columns that rows fill, of those that are no rest of the row above: they begin in the first column, or fill most. */
function ownRows(rows: readonly ChunkRow[], cuts: readonly number[]): ReadonlySet<number>[] {
  return rows
    .map(({ chunks }) => new Set(chunks.map(({ left }) => columnAt(cuts, left))))
    .filter((places) => places.has(0) || 2 * places.size > cuts.length + 1);
}
