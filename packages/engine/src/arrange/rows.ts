import type { PlacedLine } from './placed.ts';

/** Lines belong to one row when their middles are nearer than this part of the smaller one's height. */
const SAME_ROW = 0.5;

/** Lines stand one above the other where they share this part of the narrower one's width. */
const STACKED = 0.5;

/** So many lines of a row before a line are looked at for those that it stands above or below: a page may have 100,000 printed over each other. */
const MOST_NEAR = 64;

/** Rows from top to bottom, each from left to right; lines one above the other, as in a cell that stands level with its label, from top to bottom. */
export function rowsOf(lines: readonly PlacedLine[]): PlacedLine[][] {
  const rows: PlacedLine[][] = [];
  for (const line of [...lines].sort((a, b) => middle(a) - middle(b))) {
    const row = rows[rows.length - 1];
    if (row?.findLast((other) => areLevel(other, line))) {
      row.push(line);
    } else {
      rows.push([line]);
    }
  }
  return rows.map(inOrder);
}

function inOrder(row: readonly PlacedLine[]): PlacedLine[] {
  const stacks: PlacedLine[][] = [];
  let near: { readonly other: PlacedLine; readonly stack: PlacedLine[] }[] = [];
  for (const line of [...row].sort((a, b) => a.left - b.left)) {
    near = near.filter(({ other }) => other.right > line.left).slice(-MOST_NEAR);
    const known = near.find(({ other }) => areStacked(other, line))?.stack;
    const stack = known ?? [];
    stack.push(line);
    if (!known) stacks.push(stack);
    near.push({ other: line, stack });
  }
  return stacks.flatMap((lines) => lines.sort((a, b) => middle(a) - middle(b)));
}

function middle({ top, bottom }: PlacedLine): number {
  return (top + bottom) / 2;
}

function areLevel(a: PlacedLine, b: PlacedLine): boolean {
  return Math.abs(middle(a) - middle(b)) < Math.min(a.size, b.size) * SAME_ROW;
}

/** Level lines that overlap are what a detector found twice, or print over print: they have no order. */
function areStacked(a: PlacedLine, b: PlacedLine): boolean {
  const shared = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  return shared > STACKED * Math.min(a.right - a.left, b.right - b.left) && !areLevel(a, b);
}
