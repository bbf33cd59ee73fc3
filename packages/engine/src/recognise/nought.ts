import type { Character } from './decode.ts';
import type { Posteriors } from './lexicon-search.ts';

const NOUGHT = '0';
/** What the recogniser takes a nought for that stands alone in a table's cell: round letters, rings, and, where it is slashed or dotted, numbers in a ring. */
const ROUND = [NOUGHT, ...'oO°。○〇CcQae@①②③④'];
/**
 * From this probability of a nought on the round character is one, if all such characters together have so much. Of 32 readings of noughts on letters
 * and receipts as another character or none 29 had so much, and no other line had: a form's circle 0.05 of 0.12, a letter Z 0.08 of 0.16.
 */
const LEAST = 0.04;
const LEAST_ROUND = 0.3;
/** A letter more probable than this, with less than that of a nought, is that letter: all of 29 "o" with more were noughts, a form's circle had 0.05. */
const SURE = 0.6;
const LEAST_BESIDE_SURE = 0.1;
/** What was not read as a character is a nought only where the line is no longer than one, in steps (letters' noughts: 4 to 7). */
const MOST_STEPS = 7;

/** A line's characters; where they are one round character or none, the nought that the recogniser thought of too, as probable as all of that. */
export function settleNought(characters: readonly Character[], reading: Posteriors): Character[] {
  const [only, ...others] = characters;
  if (others.length > 0 || (only !== undefined && !ROUND.includes(only.text))) return [...characters];
  const steps = reading.output.dims[1] ?? 0;
  if (only === undefined && steps > MOST_STEPS) return [];
  const span = only ?? { firstStep: 0, lastStep: steps - 1 };
  const { nought, round, step } = roundestOf(reading, span);
  const least = (only?.probability ?? 0) > SURE ? LEAST_BESIDE_SURE : LEAST;
  if (nought < least || round < LEAST_ROUND) return [...characters];
  const place = only ?? { firstStep: step, lastStep: step, spaceBefore: 0 };
  return [{ ...place, text: NOUGHT, probability: Math.min(1, round) }];
}

/** The step with the most of all round characters, and how much of a nought. */
function roundestOf(
  { output, alphabet }: Posteriors,
  { firstStep, lastStep }: Pick<Character, 'firstStep' | 'lastStep'>,
): { nought: number; round: number; step: number } {
  const indices = ROUND.map((text) => alphabet.indexOf(text)).filter((index) => index >= 0);
  const zero = alphabet.indexOf(NOUGHT);
  let found = { nought: 0, round: 0, step: firstStep };
  for (let step = firstStep; step <= lastStep; step += 1) {
    const row = step * alphabet.length;
    const round = indices.reduce((sum, index) => sum + output.data[row + index]!, 0);
    if (round > found.round) found = { nought: zero < 0 ? 0 : output.data[row + zero]!, round, step };
  }
  return found;
}
