import { fitText } from './characters.ts';
import { MARK_ALONE } from './marks.ts';
import type { PlacedLine } from './placed.ts';

/** Lines are level when their middles are nearer than this part of the smaller one's height (as the engine arranges them). */
const LEVEL = 0.5;
/** Pieces of print nearer to each other than this many line heights are one cell: a detector parts a line at a wide space. */
const CELL_GAP = 1;

/** Pieces of print side by side; one piece in most print, one a cell in tables, forms and receipts. */
export interface Row {
  readonly lines: readonly PlacedLine[];
  readonly cells: readonly string[];
  readonly left: number;
  readonly right: number;
  readonly middle: number;
  readonly size: number;
  /** How wide its first word is: what the line before would have needed to hold it. */
  readonly firstWord: number;
}

/** The rows of a block, whose lines come in reading order. */
export function rowsOf(lines: readonly PlacedLine[]): Row[] {
  const rows: PlacedLine[][] = [];
  for (const line of lines) {
    const row = rows.at(-1);
    const before = row?.at(-1);
    if (row && before && areLevel(before, line) && line.left >= before.right - before.size * LEVEL) row.push(line);
    else rows.push([line]);
  }
  return rows.map(rowFrom);
}

function areLevel(a: PlacedLine, b: PlacedLine): boolean {
  return Math.abs(a.top + a.bottom - b.top - b.bottom) / 2 < Math.min(a.size, b.size) * LEVEL;
}

function rowFrom(lines: readonly PlacedLine[]): Row {
  const [first, last] = [lines[0]!, lines[lines.length - 1]!];
  const size = lines.reduce((most, line) => Math.max(most, line.size), 0);
  return {
    lines,
    cells: cellsOf(lines),
    left: first.left,
    right: last.right,
    middle: (first.top + first.bottom) / 2,
    size,
    firstWord: firstWordWidth(first),
  };
}

/** A list's mark that stands by itself is no cell: it belongs to what follows. */
function cellsOf(lines: readonly PlacedLine[]): string[] {
  const cells: string[] = [];
  let before: PlacedLine | undefined;
  for (const placed of lines) {
    const text = fitText(placed.line.text);
    const near = before !== undefined && placed.left - before.right < CELL_GAP * Math.min(before.size, placed.size);
    if (near || MARK_ALONE.test(cells.at(-1) ?? '')) cells.push(`${cells.pop() ?? ''} ${text}`);
    else cells.push(text);
    before = placed;
  }
  return cells;
}

/** Print without spaces breaks after any character, so one character is what it needs. */
function firstWordWidth({ line, left, right }: PlacedLine): number {
  const text = line.text;
  const word = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u.test(text) ? 1 : text.search(/\s|$/);
  return ((right - left) * word) / Math.max(1, text.length);
}
