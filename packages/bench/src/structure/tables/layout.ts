import type { SKRSContext2D } from '@napi-rs/canvas';
import { isNumber } from './contents.ts';
import type { Look } from './look.ts';
import type { Specimen, SpecimenCell } from './specimen.ts';

/** From baseline to baseline, in sizes of print. */
export const LEADING = 1.25;
/** Texts of several lines are broken at so many sizes of print. */
const WRAP = 9;

/** A cell with its lines of text broken. */
export interface LaidCell extends SpecimenCell {
  readonly lines: readonly string[];
}

/** Where the boundaries of a table lie, in pixels from its upper left corner. */
export interface Layout {
  readonly xs: readonly number[];
  readonly ys: readonly number[];
  readonly cells: readonly LaidCell[];
}

export function fontOf({ font, size, boldHead }: Look, isHead: boolean): string {
  return `${isHead && boldHead ? 'bold ' : ''}${size}px "${font}"`;
}

/** @param room the widest it may be; undefined when it needs more */
export function layoutOf(context: SKRSContext2D, specimen: Specimen, look: Look, room: number): Layout | undefined {
  const { kinds, rows, headingRows, cells } = specimen;
  const limit = specimen.wraps ? WRAP * look.size : Number.POSITIVE_INFINITY;
  const laid = cells.map((cell): LaidCell => {
    context.font = fontOf(look, cell.row < headingRows);
    const wraps = kinds[cell.column] === 'phrase' && cell.columnSpan === 1;
    return { ...cell, lines: broken(context, cell.text, wraps ? limit : Number.POSITIVE_INFINITY) };
  });
  const widths = kinds.map(() => 0);
  const heights = Array.from({ length: rows }, () => LEADING * look.size + 2 * look.padY);
  for (const cell of laid) {
    context.font = fontOf(look, cell.row < headingRows);
    const width = Math.max(...cell.lines.map((line) => context.measureText(line).width)) + 2 * look.padX;
    for (let i = 0; i < cell.columnSpan; i += 1) {
      widths[cell.column + i] = Math.max(widths[cell.column + i]!, width / cell.columnSpan);
    }
    if (cell.rowSpan === 1) {
      heights[cell.row] = Math.max(heights[cell.row]!, cell.lines.length * LEADING * look.size + 2 * look.padY);
    }
  }
  const total = widths.reduce((sum, width) => sum + width, 0);
  if (total > room) return undefined;
  // Most tables take more than they need.
  const stretch = Math.min(room / total, 1 + 0.35 * ((look.padX * 7) % 1));
  return { xs: boundaries(widths.map((width) => width * stretch)), ys: boundaries(heights), cells: laid };
}

function boundaries(lengths: readonly number[]): number[] {
  const at = [0];
  for (const length of lengths) at.push(Math.round(at[at.length - 1]! + length));
  return at;
}

function broken(context: SKRSContext2D, text: string, width: number): string[] {
  const lines: string[] = [''];
  for (const word of text.split(' ')) {
    const longer = lines[lines.length - 1] === '' ? word : `${lines[lines.length - 1]} ${word}`;
    if (lines[lines.length - 1] === '' || context.measureText(longer).width <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

/** Where a line of a cell begins. */
export function startOf(
  cell: LaidCell,
  line: string,
  specimen: Specimen,
  look: Look,
  context: SKRSContext2D,
  xs: readonly number[],
): number {
  const [left, right] = [xs[cell.column]!, xs[cell.column + cell.columnSpan]!];
  const width = context.measureText(line).width;
  if (cell.columnSpan > 1 || look.align === 'center') return (left + right - width) / 2;
  return isNumber(specimen.kinds[cell.column]!) && !look.numbersLeft ? right - look.padX - width : left + look.padX;
}
