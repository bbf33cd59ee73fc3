import { medianSize, type PlacedLine } from './placed.ts';

/** Columns are apart by at least this many line heights. */
const LEAST_GAP = 0.6;
/** A column of prose has at least so many lines ... */
const LEAST_LINES = 3;
/** ... is at least so many line heights wide ... */
const LEAST_WIDTH = 6;
/** ... and at least half of its lines fill so much of its width. Cells of tables and prices of receipts do not, and are read by rows. */
const FULL_LINE = 0.6;
/** Both columns stand beside each other over at least this part of the shorter one's height. */
const LEAST_BESIDE = 0.5;

/** Beside a table, a picture's labels or a margin, prose shows by so many lines of its own ... */
const LEAST_ALONE = 5;
/** ... and by lines that do not stand level with those beside it: less than this part of them, within so many line heights. */
const MOST_LEVEL = 0.6;
const LEVEL = 0.25;

/** What a run of rows is a piece of has so many times its rows. */
const WHOLE = 3;

/** Two columns, and what stands above and below them. */
export interface Columns {
  readonly above: readonly PlacedLine[];
  readonly left: readonly PlacedLine[];
  readonly right: readonly PlacedLine[];
  readonly below: readonly PlacedLine[];
}

/** Whether the lines of one column are running text. */
type ProseTest = (lines: readonly PlacedLine[]) => boolean;

/** What tells columns from a table, where it is not what reading order goes by. */
interface ColumnTests {
  readonly isProse?: ProseTest;
  /** Beside prose that is no column of a table, less than this part of the lines stand level with it. */
  readonly mostLevel?: number;
}

/**
 * The two columns that take in the most lines, at least one of them prose; undefined where there are none.
 *
 * Every gap between neighbours of a row may be the gap between columns; it reaches up and down over all rows that leave it free.
 */
export function findColumns(
  rows: readonly (readonly PlacedLine[])[],
  { isProse = fillsItsWidth, mostLevel = MOST_LEVEL }: ColumnTests = {},
): Columns | undefined {
  const clear = (LEAST_GAP * medianSize(rows.flat())) / 2;
  let best: Columns | undefined;
  let most = 0;
  const runs = gapsOf(rows, clear).flatMap((x) => freeRuns(rows, x, clear).map((run) => ({ ...run, x })));
  for (const run of runs) {
    const { start, end, x } = run;
    const lines = rows.slice(start, end).flat();
    if (lines.length > most && !runs.some((other) => isPieceOf(run, other, lines))) {
      const [left, right] = [lines.filter((line) => line.left < x), lines.filter((line) => line.left >= x)];
      if (areColumns(left, right, { isProse, mostLevel })) {
        best = { above: rows.slice(0, start).flat(), left, right, below: rows.slice(end).flat() };
        most = lines.length;
      }
    }
  }
  return best;
}

interface Run {
  readonly start: number;
  readonly end: number;
  readonly x: number;
}

/**
 * Whether a run is a small piece of another, whose gap parts its lines alike: some rows of a table whose cells happen to be as wide as prose, between
 * others that are not. What it is shows in the whole.
 */
function isPieceOf({ start, end, x }: Run, other: Run, lines: readonly PlacedLine[]): boolean {
  if (other.start > start || other.end < end || other.end - other.start < WHOLE * (end - start)) return false;
  return lines.every((line) => line.left < x === line.left < other.x);
}

/** Middles of the gaps between neighbours; those closer than `clear` are the same gap. */
function gapsOf(rows: readonly (readonly PlacedLine[])[], clear: number): number[] {
  const middles = rows.flatMap((row) =>
    row.slice(1).flatMap((line, index) => {
      const before = row[index]!.right;
      return line.left - before >= clear * 2 ? [(before + line.left) / 2] : [];
    }),
  );
  const apart: number[] = [];
  for (const middle of middles.sort((a, b) => a - b)) {
    if (apart.length === 0 || middle - apart[apart.length - 1]! >= clear) {
      apart.push(middle);
    }
  }
  return apart;
}

/** Runs of rows, from `start` to before `end`, in which no line comes nearer to `x` than `clear`. */
function freeRuns(
  rows: readonly (readonly PlacedLine[])[],
  x: number,
  clear: number,
): { start: number; end: number }[] {
  const runs: { start: number; end: number }[] = [];
  let start = 0;
  for (let row = 0; row <= rows.length; row += 1) {
    const free = rows[row]?.every(({ left, right }) => left >= x + clear || right <= x - clear) ?? false;
    if (!free) {
      if (row - start >= LEAST_LINES) {
        runs.push({ start, end: row });
      }
      start = row + 1;
    }
  }
  return runs;
}

function areColumns(
  left: readonly PlacedLine[],
  right: readonly PlacedLine[],
  { isProse, mostLevel }: Required<ColumnTests>,
): boolean {
  if (left.length < LEAST_LINES || right.length < LEAST_LINES || !areBeside(left, right)) {
    return false;
  }
  const [first, second] = [isProse(left), isProse(right)];
  if (first && second) {
    return true;
  }
  const [prose, other] = first ? [left, right] : [right, left];
  return (first || second) && prose.length >= LEAST_ALONE && levelPart(prose, other) < mostLevel;
}

/** How many of the fewer lines stand level with one of the others, 0..1. */
function levelPart(a: readonly PlacedLine[], b: readonly PlacedLine[]): number {
  const [fewer, more] = a.length < b.length ? [a, b] : [b, a];
  const middles = more.map(({ top, bottom }) => (top + bottom) / 2);
  const level = fewer.filter(({ top, bottom, size }) =>
    middles.some((middle) => Math.abs(middle - (top + bottom) / 2) < size * LEVEL),
  );
  return level.length / fewer.length;
}

function fillsItsWidth(lines: readonly PlacedLine[]): boolean {
  const width = lengthOf(extentOf(lines, 'left', 'right'));
  const full = lines.filter(({ left, right }) => right - left >= width * FULL_LINE);
  return width >= LEAST_WIDTH * medianSize(lines) && full.length * 2 >= lines.length;
}

function areBeside(a: readonly PlacedLine[], b: readonly PlacedLine[]): boolean {
  const [first, second] = [extentOf(a, 'top', 'bottom'), extentOf(b, 'top', 'bottom')];
  const shared = Math.min(first.end, second.end) - Math.max(first.start, second.start);
  return shared >= LEAST_BESIDE * Math.min(lengthOf(first), lengthOf(second));
}

interface Extent {
  readonly start: number;
  readonly end: number;
}

function extentOf(lines: readonly PlacedLine[], low: 'left' | 'top', high: 'right' | 'bottom'): Extent {
  return lines.reduce(
    ({ start, end }, line) => ({ start: Math.min(start, line[low]), end: Math.max(end, line[high]) }),
    { start: Number.POSITIVE_INFINITY, end: Number.NEGATIVE_INFINITY },
  );
}

function lengthOf({ start, end }: Extent): number {
  return end - start;
}
