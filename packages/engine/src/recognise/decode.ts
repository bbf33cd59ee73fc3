import { AppError } from '@docusnap/contracts';
import type { Tensor } from '../models.ts';

/** CTC's "nothing here", class 0. */
const BLANK = 0;
/** A class more probable than this is the most probable one, whatever the others are. */
const MAJORITY = 0.5;

/** A character as CTC gives it: the time steps it was seen in, and how likely a space was between the one before and this one. */
export interface Character {
  readonly text: string;
  /** Highest probability over its steps. */
  readonly probability: number;
  readonly firstStep: number;
  /** Inclusive. */
  readonly lastStep: number;
  /** Highest probability of the space class since the character before; 1 when a space itself was read. */
  readonly spaceBefore: number;
}

/**
 * The best path through the recogniser's output (CTC, greedy): the most probable class of each step, repeats joined, blanks left out. Spaces are no
 * characters here: see `spaceBefore`. Some models know none.
 *
 * @param output [1, steps, classes], probabilities
 * @throws AppError `internal` when the classes are not those of the alphabet
 */
export function decodeSteps(output: Tensor, alphabet: readonly string[]): Character[] {
  const [, steps = 0, classes = 0] = output.dims;
  if (classes !== alphabet.length || output.data.length !== steps * classes) {
    throw new AppError('internal', `Expected ${alphabet.length} classes a step, got ${output.dims.join('x')}.`);
  }
  const { data } = output;
  const space = alphabet.indexOf(' ');
  const characters: Character[] = [];
  let previous = BLANK;
  let spaceBefore = 0;
  for (let step = 0; step < steps; step += 1) {
    const row = step * classes;
    const best = mostProbable(data, row, classes);
    const probability = data[row + best]!;
    const thought = space < 0 ? 0 : data[row + space]!;
    const spaceHere = best === space ? 1 : thought;
    if (best === BLANK || best === space) {
      spaceBefore = Math.max(spaceBefore, spaceHere);
    } else if (best === previous) {
      const last = characters[characters.length - 1]!;
      characters[characters.length - 1] = {
        ...last,
        lastStep: step,
        probability: Math.max(last.probability, probability),
      };
      spaceBefore = spaceHere;
    } else {
      characters.push({
        text: alphabet[best]!,
        probability,
        firstStep: step,
        lastStep: step,
        spaceBefore: Math.max(spaceBefore, spaceHere),
      });
      spaceBefore = spaceHere;
    }
    previous = best;
  }
  return characters;
}

/** Index within the row. Most steps are blank, and most others have a majority, so few rows are searched to their end. */
function mostProbable(data: Float32Array, row: number, classes: number): number {
  let best = BLANK;
  let highest = data[row]!;
  if (highest > MAJORITY) {
    return best;
  }
  for (let index = 1; index < classes; index += 1) {
    const value = data[row + index]!;
    if (value > highest) {
      highest = value;
      best = index;
      if (value > MAJORITY) {
        return best;
      }
    }
  }
  return best;
}
