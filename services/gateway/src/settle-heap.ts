import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * By so many percent of what is alive the old generation, with the buffers outside of the heap, may grow before all is collected, in every thread. V8 by itself
 * goes by how fast the heap's own objects grow old and lets it grow by 10 to 300; here few do, so it chose little more than 10, and the buffers of ten
 * uploads of 250 KB were enough: collecting took 10 of the 18 ms of processor time of each.
 */
const GROWTH = 50;

/**
 * Sets that, and gives back what loading the program took, once: of a heap of 195 MiB 135 were then sources and what compiling had left behind, which V8
 * keeps until the heap grows past that. The process went from 301 MiB to 221. It stands still for some tens of milliseconds, before the first request.
 */
export function settleHeap(): void {
  setFlagsFromString(`--heap-growing-percent=${GROWTH}`);
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as (how: { type: 'major'; flavor: 'last-resort' }) => void;
  setFlagsFromString('--no-expose-gc');
  collect({ type: 'major', flavor: 'last-resort' });
}
