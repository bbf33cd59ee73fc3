import { setFlagsFromString } from 'node:v8';

/**
 * By so many percent of what is alive the old generation, with the tensors outside of the heap, may grow before all is collected, in every thread. V8 by itself goes
 * by how fast the heap's own objects grow old and lets it grow by 10 to 300; here slowly, so it chose little more than 10, which the tensors of a page
 * exceed for the moment that they live: it collected once a page and found little, for 40 of 900 ms of processor time. With 50 it still did; 100 takes
 * 10 MiB more at the peak of 600 pages of mixed sizes.
 */
const GROWTH = 100;

/** Called once, before anything is read. */
export function letHeapGrow(): void {
  setFlagsFromString(`--heap-growing-percent=${GROWTH}`);
}
