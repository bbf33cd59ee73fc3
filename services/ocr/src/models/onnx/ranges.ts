import { z } from 'zod';
import stored from './ranges.json' with { type: 'json' };

const Channels = z.array(z.number());

/** The least, greatest and average value of each channel over the calibration's lines. */
const InputRange = z.strictObject({ low: Channels, high: Channels, mean: Channels });
export type InputRange = z.infer<typeof InputRange>;

const Ranges = z.strictObject({
  /** How many drawn lines were looked at. */
  lines: z.int().positive(),
  /** Of the inputs of the convolutions to run on integers, by the name of their output in the rewritten graph. */
  convolutions: z.record(z.string(), InputRange),
  /** The matrix product that gives the classes, by the name of its output. */
  head: z.strictObject({ product: z.string(), input: InputRange }),
});
export type Ranges = z.infer<typeof Ranges>;

const RangesByModel = z.record(z.string().regex(/^[0-9a-f]{64}$/), Ranges);
export type RangesByModel = z.infer<typeof RangesByModel>;

/**
 * The ranges of a model's tensors, by the SHA-256 of its file; undefined for a model that nobody calibrated. `calibrate.ts` makes them from
 * lines it draws itself. They are stored because drawing takes fonts and minutes, and so that every installation computes alike.
 */
export function rangesOf(sha256: string): Ranges | undefined {
  return RangesByModel.parse(stored)[sha256];
}
