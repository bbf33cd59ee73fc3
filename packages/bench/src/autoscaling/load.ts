import { seededRandom } from '@docusnap/testing';

/** A day of documents: more by day than by night, and now and then somebody's whole archive at once. */

export const DAY_SECONDS = 24 * 60 * 60;

export interface LoadOptions {
  readonly seed: number;
  /** Pages a second in the busiest hour, but for bursts. */
  readonly peakPagesPerSecond: number;
  /** How many archives are sent in. */
  readonly bursts: number;
  /** Pages of the smallest and of the largest of them; between, each size is as likely in proportion. */
  readonly burstPages: readonly [number, number];
}

/** Of the busiest hour's, at night. */
const NIGHT = 0.05;
/** Hours at which the morning and the afternoon are busiest, and how wide they are. */
const BUSY_HOURS = [10.5, 15] as const;
const BUSY_WIDTH_HOURS = 1.8;
/** Seconds over which an archive is uploaded, from and to. */
const BURST_SECONDS = [20, 180] as const;

/** Seconds of the day at which pages come, in order. The same for the same seed. */
export function pagesOfDay(options: LoadOptions): number[] {
  const random = seededRandom(options.seed);
  return [...usualPages(options, random), ...burstPages(options, random)].sort((a, b) => a - b);
}

/** Pages a second at that time of the day, without bursts. */
export function usualRate(atSeconds: number, peakPagesPerSecond: number): number {
  const hour = atSeconds / 3_600;
  const busy = Math.max(...BUSY_HOURS.map((middle) => Math.exp(-0.5 * ((hour - middle) / BUSY_WIDTH_HOURS) ** 2)));
  return peakPagesPerSecond * (NIGHT + (1 - NIGHT) * busy);
}

/** A Poisson process whose rate changes: candidates at the peak's rate, thinned. */
function usualPages({ peakPagesPerSecond }: LoadOptions, random: () => number): number[] {
  const pages: number[] = [];
  for (let at = 0; ; ) {
    at += -Math.log(1 - random()) / peakPagesPerSecond;
    if (at >= DAY_SECONDS) return pages;
    if (random() * peakPagesPerSecond < usualRate(at, peakPagesPerSecond)) pages.push(at);
  }
}

function burstPages({ bursts, burstPages: [least, most] }: LoadOptions, random: () => number): number[] {
  return Array.from({ length: bursts }).flatMap(() => {
    const begin = random() * (DAY_SECONDS - 3_600);
    const pages = Math.round(least * (most / least) ** random());
    const seconds = BURST_SECONDS[0] + random() * (BURST_SECONDS[1] - BURST_SECONDS[0]);
    return Array.from({ length: pages }, () => begin + random() * seconds);
  });
}
