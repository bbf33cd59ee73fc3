import { boundsOfGrid, type Grid, type GridCell } from './grid.ts';
import { withHeading } from './heading.ts';
import { type Lattice, latticeOf, type Strokes } from './lattice.ts';
import { piecesOf } from './pieces.ts';
import { type TextRow, textRows } from './text-rows.ts';
import type { PlacedWord } from './upright.ts';

/** A grid of strokes is a table when print stands in at least so many of its cells, and in this part of them: charts and combs have none. */
const LEAST_FILLED = 2;
const LEAST_FILLED_PART = 0.1;
/** Rows of print in one cell from which on it may be a list, each row of it a row of the table. */
const LEAST_LIST = 3;
/** Of two cells of a list, this part of the rows stand level. */
const LEVEL = 0.6;
/** A list's rows end on their own: fewer than this part of them are so full that the next word would not have fitted. */
const MOST_FULL = 0.4;
/** Or this part of them are numbers. */
const NUMBERS = 0.6;

/** The tables whose every cell has strokes around it. What strokes part only roughly is left for those who look at the print. */
export function ruledTables(groups: readonly Strokes[], words: readonly PlacedWord[]): Grid[] {
  return groups.flatMap((group) => {
    const lattice = withHeading(latticeOf(group, words), words);
    if (lattice.xs.length < 3 || lattice.ys.length < 3) return [];
    const grid = gridOf(lattice, words);
    return grid && isTable(grid) && !isLoose(grid) ? [grid] : [];
  });
}

/** The places of a grid as cells with their words; undefined where a single row or column is left. */
function gridOf(lattice: Lattice, words: readonly PlacedWord[]): Grid | undefined {
  const { xs, ys } = lattice;
  const cells = piecesOf(lattice).map((piece): GridCell => {
    const [left, right, top, bottom] = [xs[piece.column]!, xs[piece.endColumn]!, ys[piece.row]!, ys[piece.endRow]!];
    const inside = words.filter((word) => {
      const [x, y] = [(word.left + word.right) / 2, (word.top + word.bottom) / 2];
      return x > left && x <= right && y > top && y <= bottom;
    });
    const { row, column, endRow, endColumn } = piece;
    return { row, column, rowSpan: endRow - row, columnSpan: endColumn - column, words: inside };
  });
  return withoutEmptyBoundaries({ xs, ys, cells, ruled: true });
}

/** Boundaries that no cell begins at are none. */
function withoutEmptyBoundaries(grid: Grid): Grid | undefined {
  const rows = [...new Set(grid.cells.map(({ row }) => row))].sort((a, b) => a - b);
  const columns = [...new Set(grid.cells.map(({ column }) => column))].sort((a, b) => a - b);
  if (rows.length < 2 || columns.length < 2) return undefined;
  const before = (starts: readonly number[], place: number) => starts.filter((start) => start < place).length;
  const cells = grid.cells.map((cell) => {
    const [row, column] = [before(rows, cell.row), before(columns, cell.column)];
    return {
      row,
      column,
      rowSpan: before(rows, cell.row + cell.rowSpan) - row,
      columnSpan: before(columns, cell.column + cell.columnSpan) - column,
      words: cell.words,
    };
  });
  return {
    ...grid,
    ys: [...rows.map((row) => grid.ys[row]!), grid.ys[grid.ys.length - 1]!],
    xs: [...columns.map((column) => grid.xs[column]!), grid.xs[grid.xs.length - 1]!],
    cells,
  };
}

/** At least two rows and two columns with print in them, and no more empty than tables are. */
function isTable({ cells }: Grid): boolean {
  const filled = cells.filter(({ words }) => words.length > 0);
  const rows = new Set(filled.map(({ row }) => row));
  const columns = new Set(filled.map(({ column }) => column));
  const areEnough =
    cells.length >= 4 && filled.length >= LEAST_FILLED && filled.length >= LEAST_FILLED_PART * cells.length;
  return areEnough && rows.size >= 2 && columns.size >= 2;
}

/** Whether strokes part only groups of rows: in a cell stands a list, and beside it what is level with it row by row. */
function isLoose(grid: Grid): boolean {
  const cells = grid.cells
    .map((cell) => ({ cell, rows: textRows(cell.words) }))
    .filter(({ rows }) => rows.length >= LEAST_LIST);
  return cells.some(({ cell, rows }) => {
    if (!isList(rows, grid.xs[cell.column + cell.columnSpan]!)) return false;
    return cells.some((other) => {
      if (other.cell === cell || other.cell.row !== cell.row) return false;
      const level = rows.filter(({ middle, size }) =>
        other.rows.some((row) => Math.abs(row.middle - middle) < size / 3),
      );
      return level.length >= Math.max(LEAST_LIST, LEVEL * Math.max(rows.length, other.rows.length));
    });
  });
}

/** Numbers below each other, or rows that end before the cell does: text that goes on from row to row fills it. */
function isList(rows: readonly TextRow[], right: number): boolean {
  const numbers = rows.filter(({ words }) => words.every(({ text }) => /\d/.test(text)));
  if (numbers.length >= NUMBERS * rows.length) return true;
  const full = rows.slice(0, -1).filter((row, index) => {
    const [first] = rows[index + 1]!.words;
    const last = row.words[row.words.length - 1]!;
    return right - last.right < first!.right - first!.left + row.size;
  });
  return full.length < MOST_FULL * (rows.length - 1);
}

/** Words that no table holds. */
export function wordsBeside(words: readonly PlacedWord[], grids: readonly Grid[]): PlacedWord[] {
  const boxes = grids.map(boundsOfGrid);
  return words.filter((word) => {
    const [x, y] = [(word.left + word.right) / 2, (word.top + word.bottom) / 2];
    return !boxes.some(({ left, top, right, bottom }) => x > left && x < right && y > top && y < bottom);
  });
}
