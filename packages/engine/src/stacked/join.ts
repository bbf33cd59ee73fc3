import { heightOf, lengthOf, type Region } from '../geometry/region.ts';

/** Pieces of one column are apart by less than this many of their widths: a comma that was not found between them. */
const MOST_GAP = 0.8;
/** They stand over each other with at least this part of the narrower one's width ... */
const LEAST_OVER = 0.6;
/** ... and are about equally wide: the narrower at least this part of the wider. */
const LEAST_ALIKE = 0.55;
/** Wider for its height than this, a region is a line that runs along the page. */
const LYING = 1.5;

/** A piece in the directions of the columns: x across them to the right, y down. */
interface Piece {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/**
 * The regions of a page of columns, those of one column joined: the detector parts columns at commas and wherever letters stand apart.
 *
 * @param regions as they are found: `along` to the right, `across` down
 */
export function joinColumns(regions: readonly Region[]): Region[] {
  const isLying = (region: Region) => lengthOf(region) > heightOf(region) * LYING;
  const pieces = regions.filter((region) => !isLying(region));
  const tallest = pieces.reduce<Region | undefined>(
    (most, region) => (most === undefined || heightOf(region) > heightOf(most) ? region : most),
    undefined,
  );
  if (tallest === undefined) {
    return [...regions];
  }
  const length = Math.max(heightOf(tallest), Number.MIN_VALUE);
  const down: Region['across'] = [tallest.across[0] / length, tallest.across[1] / length];
  const columns: Piece[] = [];
  for (const piece of pieces.map((region) => placed(region, down)).sort((a, b) => a.top - b.top)) {
    const index = columns.findIndex((column) => areOne(column, piece));
    if (index < 0) {
      columns.push(piece);
    } else {
      columns[index] = around(columns[index]!, piece);
    }
  }
  return [...regions.filter(isLying), ...columns.map((column) => regionOfPiece(column, down))];
}

function areOne(column: Piece, piece: Piece): boolean {
  const [a, b] = [column.right - column.left, piece.right - piece.left];
  const over = Math.min(column.right, piece.right) - Math.max(column.left, piece.left);
  const gap = piece.top - column.bottom;
  return (
    over >= LEAST_OVER * Math.min(a, b) &&
    Math.min(a, b) >= LEAST_ALIKE * Math.max(a, b) &&
    gap <= MOST_GAP * Math.min(a, b)
  );
}

function around(a: Piece, b: Piece): Piece {
  return {
    left: Math.min(a.left, b.left),
    right: Math.max(a.right, b.right),
    top: Math.min(a.top, b.top),
    bottom: Math.max(a.bottom, b.bottom),
  };
}

function placed({ origin: [x, y], along, across }: Region, [dx, dy]: Region['across']): Piece {
  const corners = [
    [x, y],
    [x + along[0], y + along[1]],
    [x + across[0], y + across[1]],
    [x + along[0] + across[0], y + along[1] + across[1]],
  ] as const;
  const right = corners.map(([cx, cy]) => cx * dy - cy * dx);
  const below = corners.map(([cx, cy]) => cx * dx + cy * dy);
  return {
    left: Math.min(...right),
    right: Math.max(...right),
    top: Math.min(...below),
    bottom: Math.max(...below),
  };
}

function regionOfPiece({ left, right, top, bottom }: Piece, [dx, dy]: Region['across']): Region {
  return {
    origin: [left * dy + top * dx, top * dy - left * dx],
    along: [(right - left) * dy, -(right - left) * dx],
    across: [(bottom - top) * dx, (bottom - top) * dy],
  };
}
