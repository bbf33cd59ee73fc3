import type { Lattice } from './lattice.ts';

/** A rectangle of places of a grid, from `row` and `column` to before `endRow` and `endColumn`. */
export interface Piece {
  readonly row: number;
  readonly column: number;
  readonly endRow: number;
  readonly endColumn: number;
}

/** The places of a grid, those that no stroke parts as one; where such a piece is no rectangle, the rectangle around it is. */
export function piecesOf({ xs, ys, isParted }: Lattice): Piece[] {
  let pieces: Piece[] = [];
  for (let row = 0; row + 1 < ys.length; row += 1) {
    for (let column = 0; column + 1 < xs.length; column += 1) {
      pieces.push({ row, column, endRow: row + 1, endColumn: column + 1 });
    }
  }
  for (let row = 0; row + 1 < ys.length; row += 1) {
    for (let column = 0; column + 1 < xs.length; column += 1) {
      if (column + 2 < xs.length && !isParted(row, column, 'right')) pieces = joined(pieces, row, column, [0, 1]);
      if (row + 2 < ys.length && !isParted(row, column, 'below')) pieces = joined(pieces, row, column, [1, 0]);
    }
  }
  return pieces;
}

/** The pieces once those of a place and of the one beside it are one, and what the rectangle around them takes in. */
function joined(
  pieces: readonly Piece[],
  row: number,
  column: number,
  [down, right]: readonly [number, number],
): Piece[] {
  const one = pieces.find((piece) => holds(piece, row, column))!;
  if (holds(one, row + down, column + right)) return [...pieces];
  let whole = around(one, pieces.find((piece) => holds(piece, row + down, column + right))!);
  let taken = pieces.filter((piece) => overlap(piece, whole));
  for (;;) {
    const larger = taken.reduce(around, whole);
    const met = pieces.filter((piece) => overlap(piece, larger));
    whole = larger;
    if (met.length === taken.length) break;
    taken = met;
  }
  return [...pieces.filter((piece) => !taken.includes(piece)), whole];
}

function holds({ row, column, endRow, endColumn }: Piece, atRow: number, atColumn: number): boolean {
  return atRow >= row && atRow < endRow && atColumn >= column && atColumn < endColumn;
}

function overlap(a: Piece, b: Piece): boolean {
  return a.row < b.endRow && b.row < a.endRow && a.column < b.endColumn && b.column < a.endColumn;
}

function around(a: Piece, b: Piece): Piece {
  return {
    row: Math.min(a.row, b.row),
    column: Math.min(a.column, b.column),
    endRow: Math.max(a.endRow, b.endRow),
    endColumn: Math.max(a.endColumn, b.endColumn),
  };
}
