import type { Block, Line } from '@docusnap/contracts';
import { boundsOf, quadAround } from '../geometry/bounds.ts';
import { cutBlocks } from './cut.ts';
import { place } from './placed.ts';

/** Lines in any order as blocks in reading order; no lines are no blocks. */
export function arrange(lines: readonly Line[]): Block[] {
  return cutBlocks(place(lines)).map((placed) => {
    const block = placed.map(({ line }) => line);
    return { quad: quadAround(boundsOf(block.map(({ quad }) => quad))), lines: block };
  });
}
