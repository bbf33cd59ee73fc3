import { findColumns } from './columns.ts';
import { medianSize, type PlacedLine } from './placed.ts';
import { rowsOf } from './rows.ts';

/** Rows further apart than this many line heights belong to different blocks. */
const BLOCK_GAP = 0.5;

/**
 * Parts lines into blocks, in reading order: where there are columns of prose, what stands above them, then the left, then the right
 * column, then what stands below, each cut again in the same way; else row by row.
 */
export function cutBlocks(lines: readonly PlacedLine[]): PlacedLine[][] {
  const rows = rowsOf(lines);
  const columns = findColumns(rows);
  if (columns === undefined) {
    return blocksOfRows(rows);
  }
  return [columns.above, columns.left, columns.right, columns.below].flatMap(cutBlocks);
}

function blocksOfRows(rows: readonly PlacedLine[][]): PlacedLine[][] {
  const blocks: PlacedLine[][] = [];
  let bottom = Number.POSITIVE_INFINITY;
  for (const row of rows) {
    const top = row.reduce((least, line) => Math.min(least, line.top), Number.POSITIVE_INFINITY);
    const block = blocks[blocks.length - 1];
    if (block === undefined || top - bottom > BLOCK_GAP * medianSize(row)) {
      blocks.push([...row]);
    } else {
      block.push(...row);
    }
    bottom = row.reduce((most, line) => Math.max(most, line.bottom), Number.NEGATIVE_INFINITY);
  }
  return blocks;
}
