import type { InputRange } from './ranges.ts';

/** Whole numbers an unsigned byte reaches; signed weights use -127..127, so that their zero is exact. */
const BYTE = 255;
const SIGNED = 127;

/**
 * How far the steps of the channels follow the channels' own ranges: 0 gives all channels the step of the widest, 1 each its own. The finer
 * a channel's step, the smaller its weights become beside the others, and the coarser they are rounded. On drawn lines 0.5 to 0.7 kept the
 * probabilities nearest to float, and so did 0.6 on photographed ones (.52 % of the steps had another class; .62 and .59 % with 0.5 and 0.7); above, print
 * unlike the calibration's is cut off at the tight ranges (0.85 trebled the error).
 */
const BALANCE = 0.6;

/**
 * Room beyond what the calibration saw, as a part of the range, on each side: other print reaches further than drawn print. With 0.1 screens
 * full of Chinese lost 0.2 points of pairF1, with 0.25 and 0.4 under 0.1; the coarser steps cost nothing that could be measured.
 */
const MARGIN = 0.4;

/** No channel's step is finer than this part of the widest one's: a channel that was silent in the calibration may speak elsewhere. */
const LEAST_STEP = 0.02;

/** A channel's bytes: value = (byte - zero) * step. */
export interface ChannelSteps {
  readonly step: Float32Array;
  readonly zero: Uint8Array;
}

/** Steps for the channels of a tensor, so that a byte holds what each was seen to hold. */
export function channelSteps({ low, high }: InputRange): ChannelSteps {
  const bounds = low.map((least, channel) => withZero(widened(least, high[channel] as number)));
  const widest = (Math.max(...bounds.map(([, top]) => top)) - Math.min(...bounds.map(([bottom]) => bottom))) / BYTE;
  const step = Float32Array.from(bounds, ([bottom, top]) => {
    const own = Math.max((top - bottom) / BYTE, widest * LEAST_STEP);
    return widest * (own / widest) ** BALANCE;
  });
  const zero = Uint8Array.from(bounds, ([bottom], channel) => Math.min(BYTE, Math.round(-bottom / step[channel]!)));
  return { step, zero };
}

/** The range with its margin on both sides. */
export function widened(low: number, high: number): [number, number] {
  const margin = (high - low) * MARGIN;
  return [low - margin, high + margin];
}

function withZero([low, high]: [number, number]): [number, number] {
  return [Math.min(0, low), Math.max(0, high)];
}

/** A matrix in signed bytes. `shift` is what to add to each output: see `integerWeights`. */
export interface IntegerWeights {
  /** [outputs, inputs], row-major. */
  readonly data: Int8Array;
  /** Of each output: weight = byte * step / (step of the input channel). */
  readonly step: Float64Array;
  readonly shift: Float64Array;
}

/**
 * The weights [outputs, inputs] of a matrix product over bytes of these steps, each output with a step of its own.
 *
 * `shift` takes off what the inputs' zeros add, and, since rounded weights times inputs that are not zero on average give outputs that are
 * all off to one side, that average too. On drawn lines it made the error of the probabilities four times smaller; without it the few
 * hundredths that tell spaces moved by a tenth.
 *
 * @param mean average of each input
 */
export function integerWeights(
  weights: { readonly data: Float32Array; readonly outputs: number },
  { step, zero }: ChannelSteps,
  mean: readonly number[],
): IntegerWeights {
  const inputs = step.length;
  const data = new Int8Array(weights.outputs * inputs);
  const steps = new Float64Array(weights.outputs);
  const shift = new Float64Array(weights.outputs);
  for (let output = 0; output < weights.outputs; output += 1) {
    const row = Float64Array.from(step, (s, input) => weights.data[output * inputs + input]! * s);
    const own = row.reduce((most, weight) => Math.max(most, Math.abs(weight)), Number.MIN_VALUE) / SIGNED || 1;
    for (let input = 0; input < inputs; input += 1) {
      const rounded = Math.round(row[input]! / own);
      data[output * inputs + input] = rounded;
      shift[output]! += ((row[input]! - rounded * own) * mean[input]!) / step[input]! - rounded * own * zero[input]!;
    }
    steps[output] = own;
  }
  return { data, step: steps, shift };
}
