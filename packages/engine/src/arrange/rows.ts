import type { PlacedLine } from './placed.ts';

/** Lines belong to one row when their middles are nearer than this part of the smaller one's height. */
const SAME_ROW = 0.5;

/** Rows from top to bottom, each from left to right. */
export function rowsOf(lines: readonly PlacedLine[]): PlacedLine[][] {
  const rows: PlacedLine[][] = [];
  for (const line of [...lines].sort((a, b) => middle(a) - middle(b))) {
    const row = rows[rows.length - 1];
    if (row?.some((other) => areLevel(other, line))) {
      row.push(line);
    } else {
      rows.push([line]);
    }
  }
  return rows.map((row) => row.sort((a, b) => a.left - b.left));
}

function middle({ top, bottom }: PlacedLine): number {
  return (top + bottom) / 2;
}

function areLevel(a: PlacedLine, b: PlacedLine): boolean {
  return Math.abs(middle(a) - middle(b)) < Math.min(a.size, b.size) * SAME_ROW;
}
