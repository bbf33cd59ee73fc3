import type { Line } from '@docusnap/contracts';
import { findColumns } from '../arrange/columns.ts';
import { medianSize, type PlacedLine, place } from '../arrange/placed.ts';
import { rowsOf } from '../arrange/rows.ts';
import { median } from './sizes.ts';

/** A column of running text has at least so many lines ... */
const LEAST_LINES = 5;
/** ... is so many line heights wide, at the least ... */
const LEAST_WIDTH = 7;
/** ... and most of its lines fill this part of it, with so many letters. */
const FULL = 0.75;
const FULL_LINES = 0.6;
const LETTERS = 14;
/** Lines that begin with a small letter, at even distances, go on with each other, however they stand beside a table: from this part of them on. */
const CONTINUED = 0.5;
const ANY_LEVEL = 1.1;
const EVEN = 0.12;
const EVEN_PART = 0.8;
/** Text of a table's own column stands level with the other columns' in more than this part of its lines. */
const MOST_LEVEL = 0.8;

/**
 * The lines of a page by the columns they stand in, where running text stands in columns: rows of a table are not looked for across them. Stricter
 * than reading order is about what running text is: a table's column of names is none.
 */
export function regionsOf(lines: readonly Line[]): Line[][] {
  return cut(place(lines)).map((region) => region.map(({ line }) => line));
}

function cut(lines: readonly PlacedLine[]): PlacedLine[][] {
  if (lines.length === 0) return [];
  const rows = rowsOf(lines);
  const columns =
    findColumns(rows, { isProse: isContinued, mostLevel: ANY_LEVEL }) ??
    findColumns(rows, { isProse: isRunningText, mostLevel: MOST_LEVEL });
  if (columns === undefined) return [[...lines]];
  return [columns.above, columns.left, columns.right, columns.below].flatMap(cut);
}

function isRunningText(lines: readonly PlacedLine[]): boolean {
  if (lines.length < LEAST_LINES) return false;
  const left = Math.min(...lines.map((line) => line.left));
  const right = Math.max(...lines.map((line) => line.right));
  const width = right - left;
  if (width < LEAST_WIDTH * medianSize(lines)) return false;
  const full = lines.filter((line) => line.right - line.left >= FULL * width && lettersOf(line.line.text) >= LETTERS);
  return full.length >= FULL_LINES * lines.length;
}

function isContinued(lines: readonly PlacedLine[]): boolean {
  if (!isRunningText(lines)) return false;
  const small = lines.filter(({ line }) => /^\p{Ll}/u.test(line.text));
  if (small.length < CONTINUED * lines.length) return false;
  const middles = lines.map(({ top, bottom }) => (top + bottom) / 2).sort((a, b) => a - b);
  const pitches = middles.slice(1).map((middle, index) => middle - middles[index]!);
  const usual = median(pitches);
  return pitches.filter((pitch) => Math.abs(pitch - usual) <= EVEN * usual).length >= EVEN_PART * pitches.length;
}

/** Digits are none: columns of dates and numbers are as wide in each row. */
function lettersOf(text: string): number {
  return text.match(/\p{L}/gu)?.length ?? 0;
}
