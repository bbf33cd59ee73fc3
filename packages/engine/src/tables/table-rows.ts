import type { ChunkRow } from './chunks.ts';
import { hasNumbers } from './columns-of-print.ts';
import { columnAt } from './stretches.ts';
import type { Rule } from './upright.ts';

/** Rows of one cell's text are no further apart than this many times the closest ones ... */
const CLOSE = 1.2;
/** ... and rows of the table at least this many times, in so many of the places. */
const FAR = 1.3;
const FAR_PART = 0.25;
/** Rows so close are parts of one where this part of them does not fill most columns. */
const PARTIAL = 0.6;
const MOST_COLUMNS = 0.7;

/** The rows of print that each row of a table has: several where the text of a cell goes on below. */
export function tableRows(rows: readonly ChunkRow[], cuts: readonly number[], rules: readonly Rule[]): ChunkRow[][] {
  const filled = rows.map((row) => new Set(row.chunks.map(({ left }) => columnAt(cuts, left))));
  const bands = bandsOf(rows, rules);
  const areRows = bands.length >= 3 && bands.filter((band) => fullRows(band).length <= 1).length >= 0.7 * bands.length;
  const isClose = closeness(rows, filled, cuts.length + 1);
  return bands.flatMap((band, index) => {
    const first = bands.slice(0, index).reduce((sum, { length }) => sum + length, 0);
    if (areRows && (fullRows(band).length <= 1 || (index === 0 && isHeading(band)))) return [[...band]];
    const grouped: ChunkRow[][] = [];
    for (let i = 0; i < band.length; i += 1) {
      const goesOn = i > 0 && (isClose(first + i - 1) || isContinuation(first + i));
      if (goesOn) grouped[grouped.length - 1]!.push(band[i]!);
      else grouped.push([band[i]!]);
    }
    return grouped;
  });

  function fullRows(band: readonly ChunkRow[]): ChunkRow[] {
    return band.filter((row) => filled[rows.indexOf(row)]!.size >= Math.max(2, MOST_COLUMNS * (cuts.length + 1)));
  }

  /** Rows above the first rule, unless the last is one of numbers: then the rule below the headings does not show on their dark ground. */
  function isHeading(band: readonly ChunkRow[]): boolean {
    return band.length <= 3 && (hasNumbers(band[0]!) || !hasNumbers(band[band.length - 1]!));
  }

  /** Words alone, below words and beside nothing: the rest of a cell. */
  function isContinuation(at: number): boolean {
    const [above, own] = [filled[at - 1]!, filled[at]!];
    if (own.has(0) || own.size * 2 > cuts.length + 1 || hasNumbers(rows[at]!)) return false;
    const pitch = rows[at]!.middle - rows[at - 1]!.middle;
    return [...own].every((column) => above.has(column)) && pitch < 1.6 * rows[at]!.size;
  }
}

/** Rows between horizontal rules. */
function bandsOf(rows: readonly ChunkRow[], rules: readonly Rule[]): ChunkRow[][] {
  const bands: ChunkRow[][] = [];
  rows.forEach((row, index) => {
    const above = rows[index - 1];
    const isParted = above === undefined || rules.some(({ at }) => at > above.middle && at < row.middle);
    if (isParted) bands.push([row]);
    else bands[bands.length - 1]!.push(row);
  });
  return bands;
}

/** Whether a row and the next stand as close as lines of one cell do, where rows of the table stand further apart. */
function closeness(
  rows: readonly ChunkRow[],
  filled: readonly ReadonlySet<number>[],
  columns: number,
): (row: number) => boolean {
  const pitches = rows.slice(1).map((row, index) => row.middle - rows[index]!.middle);
  const least = Math.min(...pitches);
  const close = pitches.flatMap((pitch, index) => (pitch <= CLOSE * least ? [index] : []));
  const far = pitches.filter((pitch) => pitch >= FAR * least);
  const partial = close.filter(
    (index) => Math.min(filled[index]!.size, filled[index + 1]!.size) < MOST_COLUMNS * columns,
  );
  const areLines = far.length >= FAR_PART * pitches.length && partial.length >= PARTIAL * close.length;
  return (row) => areLines && pitches[row]! <= CLOSE * least;
}
