import type { PageText, Table } from '@docusnap/contracts';
import type { Sheet } from './sheet.ts';
import type { SpecimenCell } from './specimen.ts';

/** Texts of a cell agree when so many edits a letter, at most, lie between them, and in longer words one: reading is measured elsewhere. */
const MOST_CER = 0.1;
const ONE_EDIT_FROM = 5;
/** A table that was found is the drawn one when its box and that one's share this part of both together. */
const SAME_PLACE = 0.4;

/** Cells with print: drawn, found, and found as drawn (place in the grid, spans and text). */
export interface Counts {
  readonly drawn: number;
  readonly found: number;
  readonly right: number;
}

export function compareTables(sheet: Sheet, page: PageText): Counts {
  const found = [...(page.tables ?? [])];
  const drawn = sheet.tables.map((table) => ({ box: drawnBox(sheet, table), cells: filled(table.specimen.cells) }));
  const counts = { drawn: 0, found: found.reduce((sum, table) => sum + filled(cellsOf(table)).length, 0), right: 0 };
  for (const { box, cells } of drawn) {
    counts.drawn += cells.length;
    const [best] = found
      .map((table) => ({ table, shared: sharedPart(box, boxOf(table.quad)) }))
      .filter(({ shared }) => shared >= SAME_PLACE)
      .sort((a, b) => b.shared - a.shared);
    if (best) counts.right += agreeing(cells, filled(cellsOf(best.table)));
  }
  return counts;
}

/** From 0 to 1: harmonic mean of precision and recall. */
export function f1(counts: readonly Counts[]): number {
  const sum = (key: keyof Counts) => counts.reduce((total, one) => total + one[key], 0);
  const both = sum('drawn') + sum('found');
  return both === 0 ? 1 : (2 * sum('right')) / both;
}

function cellsOf({ cells }: Table): SpecimenCell[] {
  return cells.map(({ row, column, row_span, column_span, text }) => ({
    row,
    column,
    rowSpan: row_span,
    columnSpan: column_span,
    text,
  }));
}

function filled(cells: readonly SpecimenCell[]): SpecimenCell[] {
  return cells.filter(({ text }) => text !== '');
}

function agreeing(drawn: readonly SpecimenCell[], found: readonly SpecimenCell[]): number {
  return drawn.filter((cell) =>
    found.some(
      (other) =>
        other.row === cell.row &&
        other.column === cell.column &&
        other.rowSpan === cell.rowSpan &&
        other.columnSpan === cell.columnSpan &&
        isSameText(cell.text, other.text),
    ),
  ).length;
}

/** White space is not compared: print has none between lines, and the spaces in a number are the reader's business. */
export function isSameText(drawn: string, found: string): boolean {
  const [one, other] = [drawn, found].map((text) => Array.from(text.normalize('NFKC').replace(/\s+/g, '')));
  const allowed = Math.max(MOST_CER * one!.length, one!.length >= ONE_EDIT_FROM ? 1 : 0);
  return edits(one!, other!) <= allowed;
}

function edits(one: readonly string[], other: readonly string[]): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (const [i, letter] of one.entries()) {
    const next = [i + 1];
    for (const [j, letter2] of other.entries()) {
      next.push(Math.min(row[j + 1]! + 1, next[j]! + 1, row[j]! + (letter === letter2 ? 0 : 1)));
    }
    row = next;
  }
  return row[row.length - 1]!;
}

interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

function drawnBox({ width, height, degrees }: Sheet, { layout: { xs, ys }, at: [x, y] }: Sheet['tables'][number]): Box {
  const [cos, sin] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  const turn = (px: number, py: number): [number, number] => {
    const [dx, dy] = [px - width / 2, py - height / 2];
    return [width / 2 + dx * cos - dy * sin, height / 2 + dx * sin + dy * cos];
  };
  const [right, bottom] = [x + xs[xs.length - 1]!, y + ys[ys.length - 1]!];
  return boxOf([turn(x, y), turn(right, y), turn(right, bottom), turn(x, bottom)]);
}

function boxOf(quad: readonly (readonly [number, number])[]): Box {
  const [xs, ys] = [quad.map(([x]) => x), quad.map(([, y]) => y)];
  return { left: Math.min(...xs), top: Math.min(...ys), right: Math.max(...xs), bottom: Math.max(...ys) };
}

function sharedPart(a: Box, b: Box): number {
  const area = ({ left, top, right, bottom }: Box) => Math.max(0, right - left) * Math.max(0, bottom - top);
  const shared = area({
    left: Math.max(a.left, b.left),
    top: Math.max(a.top, b.top),
    right: Math.min(a.right, b.right),
    bottom: Math.min(a.bottom, b.bottom),
  });
  return shared / (area(a) + area(b) - shared);
}
