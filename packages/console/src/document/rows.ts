import type { Line, Quad } from '@docusnap/contracts';

/** Lines are level when their middles are nearer than this part of the smaller one's height, as the engine arranges them. */
const LEVEL = 0.5;

/** The lines of a block, those that stand side by side together: cells of a table, a label and its sum. */
export function rowsOf(lines: readonly Line[]): readonly (readonly Line[])[] {
  const rows: Line[][] = [];
  for (const line of lines) {
    const row = rows.at(-1);
    const before = row?.at(-1);
    if (row && before && isBeside(before.quad, line.quad)) row.push(line);
    else rows.push([line]);
  }
  return rows;
}

/** Whether a quad goes on to the right of another, in the direction in which that is read: pages may be turned. */
function isBeside(before: Quad, next: Quad): boolean {
  const [[beginX, beginY], [endX, endY]] = before;
  const width = Math.hypot(endX - beginX, endY - beginY);
  if (width === 0) return false;
  const [alongX, alongY] = [(endX - beginX) / width, (endY - beginY) / width];
  const size = Math.min(heightOf(before), heightOf(next));
  const [fromX, fromY] = middle(before[1], before[2]);
  const [toX, toY] = middle(next[0], next[3]);
  const [awayX, awayY] = [toX - fromX, toY - fromY];
  return Math.abs(alongX * awayY - alongY * awayX) < size * LEVEL && alongX * awayX + alongY * awayY >= -size * LEVEL;
}

function heightOf([[topX, topY], , , [bottomX, bottomY]]: Quad): number {
  return Math.hypot(bottomX - topX, bottomY - topY);
}

function middle([oneX, oneY]: Quad[0], [otherX, otherY]: Quad[0]): readonly [number, number] {
  return [(oneX + otherX) / 2, (oneY + otherY) / 2];
}
