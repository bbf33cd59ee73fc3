import type { Quad } from '@docusnap/contracts';

/**
 * How far above the lower side of its box the letters of a line stand, as part of the box's height. Boxes hold ascenders and descenders; in
 * common text faces descenders take about a fifth.
 */
export const DESCENT = 0.2;

/** Where the baseline of a quad begins and ends, in page pixels. */
export function baselineOf([a, b, c, d]: Quad): readonly [readonly [number, number], readonly [number, number]] {
  const on = (lower: readonly [number, number], upper: readonly [number, number]): readonly [number, number] => [
    lower[0] + (upper[0] - lower[0]) * DESCENT,
    lower[1] + (upper[1] - lower[1]) * DESCENT,
  ];
  return [on(d, a), on(c, b)];
}
