import { medianSize, type PlacedLine } from './placed.ts';
import { rowsOf } from './rows.ts';

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

/** A gap parts the lines of several columns of prose when no more of them lie across it than this part: a headline over some of the columns may. */
const MOST_ACROSS = 0.1;

/** What a run of rows is a piece of has so many times its rows. */
const WHOLE = 3;

/** Two columns, each of which may hold further ones, and what stands above and below them. */
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
  readonly leastLines?: number;
}

/**
 * The two columns that take in the most lines, at least one of them prose; undefined where there are none.
 *
 * Every gap between neighbours of a row may be the gap between columns; it reaches up and down over all rows that leave it free. Columns that stand
 * shifted by half a line have no row in common. So have a table's cells of several lines, so there each column has to be prose, and more
 * of it.
 */
export function findColumns(
  rows: readonly (readonly PlacedLine[])[],
  { isProse = fillsItsWidth, mostLevel = MOST_LEVEL, leastLines = LEAST_LINES }: ColumnTests = {},
): Columns | undefined {
  const atRows = columnsAtGaps(rows, rows, { isProse, mostLevel, leastLines });
  return atRows ?? columnsAtGaps(rows, pairsOf(rows), { isProse, mostLevel: 0, leastLines: LEAST_ALONE });
}

/** The columns at one of the gaps between the lines of each of some groups. */
function columnsAtGaps(
  rows: readonly (readonly PlacedLine[])[],
  groups: readonly (readonly PlacedLine[])[],
  tests: Required<ColumnTests>,
): Columns | undefined {
  const clear = (LEAST_GAP * medianSize(rows.flat())) / 2;
  let best: Columns | undefined;
  let most = 0;
  const runs = gapsOf(groups, clear).flatMap((x) => freeRuns(rows, x, clear).map((run) => ({ ...run, x })));
  for (const run of runs) {
    const { start, end, x } = run;
    const lines = rows.slice(start, end).flat();
    if (lines.length > most && !runs.some((other) => isPieceOf(run, other, lines))) {
      const [left, right] = [lines.filter((line) => line.left < x), lines.filter((line) => line.left >= x)];
      if (areColumns(left, right, tests)) {
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

/** Whether a line comes nearer to `x` than `clear`. */
function isAcross({ left, right }: PlacedLine, x: number, clear: number): boolean {
  return left < x + clear && right > x - clear;
}

/** The lines of each row and the next: those of shifted columns are neighbours there too. */
function pairsOf(rows: readonly (readonly PlacedLine[])[]): PlacedLine[][] {
  return rows.slice(1).map((row, index) => [...rows[index]!, ...row]);
}

/** Middles of the gaps between neighbours of a group; those closer than `clear` are the same gap. */
function gapsOf(groups: readonly (readonly PlacedLine[])[], clear: number): number[] {
  const middles = groups.flatMap((lines) => middlesBetween(lines, clear * 2));
  const apart: number[] = [];
  for (const middle of middles.sort((a, b) => a - b)) {
    if (apart.length === 0 || middle - apart[apart.length - 1]! >= clear) {
      apart.push(middle);
    }
  }
  return apart;
}

/** Middles of the gaps at least so wide that lines leave between them, above or below each other too. */
function middlesBetween(lines: readonly PlacedLine[], least: number): number[] {
  const [first, ...others] = [...lines].sort((a, b) => a.left - b.left);
  let edge = first?.right ?? 0;
  return others.flatMap(({ left, right }) => {
    const before = edge;
    edge = Math.max(before, right);
    return left - before >= least ? [(before + left) / 2] : [];
  });
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
    const free = rows[row]?.every((line) => !isAcross(line, x, clear)) ?? false;
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
  { isProse, mostLevel, leastLines }: Required<ColumnTests>,
): boolean {
  if (left.length < leastLines || right.length < leastLines || !areBeside(left, right)) {
    return false;
  }
  const [first, second] = [isProse(left), isProse(right)];
  if (first && second) {
    return true;
  }
  if (!first && !second) {
    return false;
  }
  const [prose, other] = first ? [left, right] : [right, left];
  return areAllProse(other, isProse) || (prose.length >= LEAST_ALONE && levelPart(prose, other) < mostLevel);
}

/** Whether lines are columns of prose beside each other, as those are that a cut of three columns leaves on one side. */
function areAllProse(lines: readonly PlacedLine[], isProse: ProseTest): boolean {
  const clear = (LEAST_GAP * medianSize(lines)) / 2;
  const gaps = gapsOf(pairsOf(rowsOf(lines)), clear).filter(
    (x) => lines.filter((line) => isAcross(line, x, clear)).length <= lines.length * MOST_ACROSS,
  );
  const within = lines.filter((line) => !gaps.some((x) => isAcross(line, x, clear)));
  const columns = [...Map.groupBy(within, ({ left }) => gaps.filter((x) => x < left).length).values()];
  return columns.length > 1 && columns.every((column) => column.length >= LEAST_LINES && isProse(column));
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
