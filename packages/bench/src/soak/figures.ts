import { type Figure, figure } from '../report.ts';
import { fitLine, type Point } from './slope.ts';
import type { Look } from './watch.ts';

const MIB = 1024 * 1024;

/** With two readers. */
const PEAK_TARGET_MIB = 900;
/** MiB for each 1,000 pages. */
const SLOPE_TARGET = 1;
/** Until then caches, compiled code and the allocators' pools fill. */
const SETTLED_PAGES = 500;

/** The peak of a run. Those of the single processes are added up, though they need not have been at one time: it is no less than the truth. */
export function peakFigures(of: string, looks: readonly Look[]): Figure[] {
  const peaks = looks.map(({ peak }) => peak / MIB);
  const at = looks.map(({ rss }) => rss / MIB);
  const most = (samples: readonly number[]) => samples.reduce((high, one) => Math.max(high, one), 0);
  return [
    figure(`${of}: peak RSS, processes added up`, 'MiB', most(peaks), peaks, { atMost: PEAK_TARGET_MIB }),
    figure(`${of}: highest RSS seen at one time`, 'MiB', most(at), at),
  ];
}

/**
 * How memory grows, from the mean of each pass over the collection: every pass holds the same pages, so that which page happens to be in hand does
 * not weigh. None where the run was too short for three passes after settling.
 *
 * @param passPages pages of one pass
 */
export function slopeFigures(of: string, looks: readonly Look[], passPages: number): Figure[] {
  const passes = new Map<number, number[]>();
  for (const { pages, rss } of looks) {
    const pass = Math.floor(pages / passPages);
    passes.set(pass, [...(passes.get(pass) ?? []), rss / MIB]);
  }
  // The last look is of a pass that has only begun.
  const last = Math.max(...passes.keys());
  const points: Point[] = [...passes]
    .filter(([pass]) => pass * passPages >= SETTLED_PAGES && pass < last)
    .map(([pass, rss]) => ({ x: (pass + 0.5) * passPages, y: rss.reduce((sum, one) => sum + one, 0) / rss.length }));
  const samples = points.map(({ y }) => y);
  if (points.length < 3) {
    console.error(`No slope: after the first ${SETTLED_PAGES} pages there must be three passes of ${passPages} pages.`);
    return [];
  }
  const { slope, error } = fitLine(points);
  return [
    figure(`${of}: RSS slope after ${SETTLED_PAGES} pages`, 'MiB/1,000 pages', slope * 1_000, samples, {
      atMost: SLOPE_TARGET,
    }),
    figure(`${of}: standard error of the slope`, 'MiB/1,000 pages', error * 1_000, samples),
  ];
}
