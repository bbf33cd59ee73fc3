import type { Table, TableCell } from '@docusnap/contracts';
import type { Bounds } from '../geometry/bounds.ts';
import { textOf } from './text-rows.ts';
import type { PlacedWord, UprightPage } from './upright.ts';

/** A cell of a grid, in places from 0, and its words. */
export interface GridCell {
  readonly row: number;
  readonly column: number;
  readonly rowSpan: number;
  readonly columnSpan: number;
  readonly words: readonly PlacedWord[];
}

/** A table in the upright space. */
export interface Grid {
  readonly ys: readonly number[];
  readonly xs: readonly number[];
  readonly cells: readonly GridCell[];
  readonly ruled: boolean;
}

export function boundsOfGrid({ xs, ys }: Pick<Grid, 'xs' | 'ys'>): Bounds {
  return { left: xs[0]!, top: ys[0]!, right: xs[xs.length - 1]!, bottom: ys[ys.length - 1]! };
}

/** The table as the page has it. Its cells come row by row. */
export function tableOf(grid: Grid, quadOf: UprightPage['quadOf']): Table {
  const { xs, ys, ruled } = grid;
  const cells = grid.cells
    .toSorted((a, b) => a.row - b.row || a.column - b.column)
    .map(
      ({ row, column, rowSpan, columnSpan, words }): TableCell => ({
        row,
        column,
        row_span: rowSpan,
        column_span: columnSpan,
        quad: quadOf({ left: xs[column]!, top: ys[row]!, right: xs[column + columnSpan]!, bottom: ys[row + rowSpan]! }),
        text: textOf(words),
      }),
    );
  return { quad: quadOf(boundsOfGrid(grid)), ruled, rows: ys.length - 1, columns: xs.length - 1, cells };
}
