import type { SKRSContext2D } from '@napi-rs/canvas';
import { fontOf, type Layout, LEADING, startOf } from './layout.ts';
import type { Look } from './look.ts';
import type { Specimen } from './specimen.ts';

/** Draws a table with its upper left corner at (x, y). */
export function paintTable(
  context: SKRSContext2D,
  { specimen, look, layout }: { readonly specimen: Specimen; readonly look: Look; readonly layout: Layout },
  [x, y]: readonly [number, number],
): void {
  context.save();
  context.translate(x, y);
  paintFills(context, specimen, look, layout);
  paintText(context, specimen, look, layout);
  paintStrokes(context, specimen, look, layout);
  context.restore();
}

function paintFills(context: SKRSContext2D, { headingRows, rows }: Specimen, look: Look, { xs, ys }: Layout): void {
  const fill = (row: number, count: number, colour: string) => {
    context.fillStyle = colour;
    context.fillRect(0, ys[row]!, xs[xs.length - 1]!, ys[row + count]! - ys[row]!);
  };
  if (look.headFill) fill(0, headingRows, look.headFill);
  if (look.zebra) for (let row = headingRows + 1; row < rows; row += 2) fill(row, 1, look.zebra);
}

function paintText(context: SKRSContext2D, specimen: Specimen, look: Look, { xs, ys, cells }: Layout): void {
  for (const cell of cells) {
    const isHead = cell.row < specimen.headingRows;
    context.font = fontOf(look, isHead);
    context.fillStyle = isHead ? look.headInk : look.ink;
    const [top, bottom] = [ys[cell.row]!, ys[cell.row + cell.rowSpan]!];
    const height = cell.lines.length * LEADING * look.size;
    // Texts of several lines begin at the top beside each other, single ones stand in the middle.
    const first = specimen.wraps && cell.rowSpan === 1 ? top + look.padY : (top + bottom - height) / 2;
    cell.lines.forEach((line, index) => {
      context.fillText(
        line,
        startOf(cell, line, specimen, look, context, xs),
        first + (index + 0.95) * LEADING * look.size - 0.15 * look.size,
      );
    });
  }
}

function paintStrokes(context: SKRSContext2D, { headingRows }: Specimen, look: Look, { xs, ys, cells }: Layout): void {
  const { strokes, stroke } = look;
  const [right, bottom] = [xs[xs.length - 1]!, ys[ys.length - 1]!];
  context.fillStyle = look.strokeInk;
  const level = (x0: number, x1: number, y: number) => {
    context.fillRect(x0 - stroke / 2, Math.round(y - stroke / 2), x1 - x0 + stroke, stroke);
    if (look.double)
      context.fillRect(x0 - stroke / 2, Math.round(y - stroke / 2) + stroke + 2, x1 - x0 + stroke, stroke);
  };
  const upright = (y0: number, y1: number, x: number) =>
    context.fillRect(Math.round(x - stroke / 2), y0 - stroke / 2, stroke, y1 - y0 + stroke);
  for (const { row, column, rowSpan, columnSpan } of cells) {
    const [x0, x1, y0, y1] = [xs[column]!, xs[column + columnSpan]!, ys[row]!, ys[row + rowSpan]!];
    if (strokes.rows && y1 < bottom) level(x0, x1, y1);
    if (strokes.columns && x1 < right) upright(y0, y1, x1);
  }
  if (strokes.head)
    for (const { row, column, rowSpan, columnSpan } of cells) {
      if (row + rowSpan === headingRows) level(xs[column]!, xs[column + columnSpan]!, ys[headingRows]!);
    }
  if (strokes.ends || strokes.frame) {
    level(0, right, 0);
    level(0, right, bottom);
  }
  if (strokes.frame) {
    upright(0, bottom, 0);
    upright(0, bottom, right);
  }
}
