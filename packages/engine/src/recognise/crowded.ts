import type { Character } from './decode.ts';
import type { Posteriors } from './lexicon-search.ts';
import { middleOf } from './pitch.ts';

const BLANK = 0;
/** Letters that stand at most so many steps apart are narrower than those that the recogniser learnt from: it passes over some. */
const CROWDED = 1.5;
const LEAST_LETTERS = 4;
/**
 * A step between letters is doubtful where blank and space have less than this together: a letter was half seen there. Lines with so many of them, for
 * their letters, are crowded too, for where most letters were passed over the others stand apart. Reading such lines half as
 * wide again changed twelve lines of 70 development pages and made 80 more pairs of letters right; letters read with the setting "fast", which then
 * made all large print narrower by a quarter, rose from .931 to .947 word F1. Of lines with fewer doubtful steps as many became worse as better.
 */
const SURE = 0.8;
const DOUBTFUL = 0.12;
const LEAST_DOUBTFUL = 4;

/** Whether a line's letters were seen as through a sieve, for they stand so close. */
export function isCrowded(characters: readonly Character[], reading: Posteriors): boolean {
  if (characters.length < LEAST_LETTERS) return false;
  const distances = characters
    .slice(1)
    .map((character, index) => middleOf(character) - middleOf(characters[index]!))
    .sort((a, b) => a - b);
  return (
    distances[distances.length >> 1]! <= CROWDED ||
    doubtfulSteps(characters, reading) >= Math.max(LEAST_DOUBTFUL, DOUBTFUL * characters.length)
  );
}

function doubtfulSteps(characters: readonly Character[], { output, alphabet }: Posteriors): number {
  const space = alphabet.indexOf(' ');
  let count = 0;
  for (let index = 1; index < characters.length; index += 1) {
    for (let step = characters[index - 1]!.lastStep + 1; step < characters[index]!.firstStep; step += 1) {
      const row = step * alphabet.length;
      const nothing = output.data[row + BLANK]! + (space < 0 ? 0 : output.data[row + space]!);
      if (nothing < SURE) count += 1;
    }
  }
  return count;
}
