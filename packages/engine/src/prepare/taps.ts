/**
 * How one side is resized: output position i is the weighted sum of `count[i]` inputs from `first[i]` on, with the weights at
 * `i * width` of `weights`.
 */
export interface Taps {
  readonly first: Int32Array;
  readonly count: Int32Array;
  readonly weights: Float32Array;
  /** Room for weights per output position. */
  readonly width: number;
}

/**
 * Linear resizing from `from` to `to` positions. When shrinking, the triangle is as wide as the shrinking asks for, so that every
 * input counts and thin strokes do not flicker away. Weights of a position add up to 1.
 */
export function linearTaps(from: number, to: number): Taps {
  const ratio = from / to;
  const reach = Math.max(1, ratio);
  const width = Math.ceil(reach * 2) + 1;
  const first = new Int32Array(to);
  const count = new Int32Array(to);
  const weights = new Float32Array(to * width);
  for (let i = 0; i < to; i += 1) {
    const centre = (i + 0.5) * ratio - 0.5;
    const low = Math.max(0, Math.ceil(centre - reach));
    const high = Math.min(from - 1, Math.floor(centre + reach));
    let sum = 0;
    for (let j = low; j <= high; j += 1) {
      sum += 1 - Math.abs(j - centre) / reach;
    }
    first[i] = low;
    count[i] = high - low + 1;
    for (let j = low; j <= high; j += 1) {
      weights[i * width + j - low] = (1 - Math.abs(j - centre) / reach) / sum;
    }
  }
  return { first, count, weights, width };
}
