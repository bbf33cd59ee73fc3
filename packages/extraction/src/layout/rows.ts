import { type Line, linesOf, type PageText, type Quad } from '@docusnap/contracts';

/** Lines belong to one row when their middles are nearer than this part of the smaller one's height (as the engine arranges them). */
const SAME_ROW = 0.5;

/** A line of print, upright: the page's angle is turned back, so that rows are level. In pixels. */
export interface Piece {
  readonly line: Line;
  /** Its position among the lines of the page, in reading order, from 0. */
  readonly index: number;
  /** Its block among those of the page, from 0: print of two columns is of two blocks, also where the gutter is narrow. */
  readonly block: number;
  readonly left: number;
  readonly right: number;
  readonly middle: number;
  readonly height: number;
}

/** Pieces of print side by side, from left to right; a receipt's item and its price far to the right are one row. */
export interface Row {
  /** Of the page, from 1. */
  readonly page: number;
  readonly pieces: readonly Piece[];
  readonly middle: number;
  /** Of its largest print, in pixels. */
  readonly height: number;
  /** The pieces' texts, a space between two. */
  readonly text: string;
}

/** The rows of a page from top to bottom. */
export function rowsOf(page: PageText, number: number): Row[] {
  const blocks = page.blocks.flatMap(({ lines }, block) => lines.map(() => block));
  const pieces = linesOf(page).map((line, index) => pieceOf(line, index, blocks[index]!, page.angle ?? 0));
  const rows: Piece[][] = [];
  for (const piece of pieces.toSorted((a, b) => a.middle - b.middle)) {
    // Only the last few rows can be level with it: they come from top to bottom.
    const row = rows.slice(-3).find((other) => other.some((placed) => areLevel(placed, piece)));
    if (row) row.push(piece);
    else rows.push([piece]);
  }
  return rows.map((row) => rowFrom(row, number));
}

function rowFrom(unsorted: readonly Piece[], page: number): Row {
  const pieces = unsorted.toSorted((a, b) => a.left - b.left);
  return {
    page,
    pieces,
    middle: pieces.reduce((sum, { middle }) => sum + middle, 0) / pieces.length,
    height: Math.max(...pieces.map(({ height }) => height)),
    text: pieces.map(({ line }) => line.text).join(' '),
  };
}

function areLevel(a: Piece, b: Piece): boolean {
  return Math.abs(a.middle - b.middle) < Math.min(a.height, b.height) * SAME_ROW;
}

function pieceOf(line: Line, index: number, block: number, angle: number): Piece {
  const [a, b, c, d] = upright(line.quad, angle);
  const xs = [a[0], b[0], c[0], d[0]];
  return {
    line,
    index,
    block,
    left: Math.min(...xs),
    right: Math.max(...xs),
    middle: (a[1] + b[1] + c[1] + d[1]) / 4,
    height: (Math.hypot(d[0] - a[0], d[1] - a[1]) + Math.hypot(c[0] - b[0], c[1] - b[1])) / 2,
  };
}

/** A quad turned back by an angle around the origin. */
export function upright(quad: Quad, degrees: number): Quad {
  const radians = (-degrees * Math.PI) / 180;
  const [cos, sin] = [Math.cos(radians), Math.sin(radians)];
  return quad.map(([x, y]) => [x * cos - y * sin, x * sin + y * cos]) as Quad;
}
