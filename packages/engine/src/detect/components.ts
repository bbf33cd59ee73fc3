import type { Point } from '@docusnap/contracts';

/** A patch of connected pixels above the threshold. */
export interface Component {
  readonly pixels: number;
  /** Mean probability of its pixels. */
  readonly probability: number;
  /** Corners of its pixel runs, on pixel edges: their hull is the hull of the patch. */
  readonly corners: readonly Point[];
}

/**
 * The 8-connected patches of a probability map where it exceeds `threshold`, in the order of their first pixels.
 * Works on runs of pixels in a row, joined to the runs that touch them in the row above (union-find).
 *
 * @param map row-major, `width` a row
 */
export function connectedComponents(map: Float32Array, width: number, threshold: number): Component[] {
  const runs = joinedRuns(map, width, threshold);
  const found = new Map<number, { pixels: number; sum: number; corners: Point[] }>();
  for (let run = 0; run < runs.length; run += 1) {
    const { row, start, end, sum } = runs[run]!;
    const root = rootOf(runs, run);
    let component = found.get(root);
    if (component === undefined) {
      component = { pixels: 0, sum: 0, corners: [] };
      found.set(root, component);
    }
    component.pixels += end - start;
    component.sum += sum;
    component.corners.push([start, row], [end, row], [start, row + 1], [end, row + 1]);
  }
  return [...found.values()].map(({ pixels, sum, corners }) => ({ pixels, probability: sum / pixels, corners }));
}

/** Pixels `start` to before `end` of `row`; `parent` is a run of the same patch, itself when it is the first. */
interface Run {
  readonly row: number;
  readonly start: number;
  readonly end: number;
  readonly sum: number;
  parent: number;
}

function joinedRuns(map: Float32Array, width: number, threshold: number): Run[] {
  const runs: Run[] = [];
  const height = map.length / width;
  let above = 0;
  let aboveEnd = 0;
  for (let row = 0; row < height; row += 1) {
    const rowStart = runs.length;
    collectRuns(runs, map, width, row, threshold);
    let candidate = above;
    for (let run = rowStart; run < runs.length; run += 1) {
      const { start, end } = runs[run]!;
      // Touching at a corner counts, so both ends reach one pixel further.
      while (candidate < aboveEnd && runs[candidate]!.end < start) {
        candidate += 1;
      }
      for (let other = candidate; other < aboveEnd && runs[other]!.start <= end; other += 1) {
        join(runs, other, run);
      }
    }
    above = rowStart;
    aboveEnd = runs.length;
  }
  return runs;
}

function collectRuns(runs: Run[], map: Float32Array, width: number, row: number, threshold: number): void {
  const offset = row * width;
  for (let x = 0; x < width; x += 1) {
    if (map[offset + x]! > threshold) {
      const start = x;
      let sum = 0;
      while (x < width && map[offset + x]! > threshold) {
        sum += map[offset + x]!;
        x += 1;
      }
      runs.push({ row, start, end: x, sum, parent: runs.length });
    }
  }
}

function join(runs: readonly Run[], a: number, b: number): void {
  const first = rootOf(runs, a);
  const second = rootOf(runs, b);
  runs[Math.max(first, second)]!.parent = Math.min(first, second);
}

function rootOf(runs: readonly Run[], run: number): number {
  let at = run;
  while (runs[at]!.parent !== at) {
    const next = runs[at]!;
    // Halving the path keeps long chains short.
    next.parent = runs[next.parent]!.parent;
    at = next.parent;
  }
  return at;
}
