import { AppError } from '@docusnap/contracts';
import type { Tensor } from '../models.ts';

/**
 * The probability of each line to stand upside down.
 *
 * @param output [lines, 2]: upright, turned by 180 degrees
 * @throws AppError `internal` when the output is not of that shape
 */
export function decodeTurned(output: Tensor, lines: number): number[] {
  if (output.data.length !== lines * 2) {
    throw new AppError('internal', `Expected orientations of ${lines}x2, got ${output.dims.join('x')}.`);
  }
  return Array.from({ length: lines }, (_, line) => output.data[line * 2 + 1]!);
}
