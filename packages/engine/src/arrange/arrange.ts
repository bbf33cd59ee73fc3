import type { Block, Line } from '@docusnap/contracts';
import { boundsOf, quadAround } from '../geometry/bounds.ts';
import { cutBlocks } from './cut.ts';
import { isRightToLeft, mirrored } from './direction.ts';
import { place } from './placed.ts';

/** Lines in any order as blocks in reading order; no lines are no blocks. */
export function arrange(lines: readonly Line[]): Block[] {
  const placed = place(lines);
  return cutBlocks(isRightToLeft(lines) ? mirrored(placed) : placed).map((of) => {
    const block = of.map(({ line }) => line);
    return { quad: quadAround(boundsOf(block.map(({ quad }) => quad))), lines: block };
  });
}
