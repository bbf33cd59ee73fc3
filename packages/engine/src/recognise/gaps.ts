import type { Character } from './decode.ts';
import type { Posteriors } from './lexicon-search.ts';
import { isSquare, middleOf, pitchOf } from './pitch.ts';

/** Han letters stand at equal distances: from so many of them between two neighbours on, one is missing. */
const GAP = 1.5;
/**
 * From this probability on the most probable Han letter in a gap is taken for the one that was printed there, if it has so many times that of the next
 * one. On Chinese pages and screens (5,000 letters) there were nine gaps with such a probability, all places of letters that the recogniser had
 * passed over because it was unsure of them: four were right, five a lookalike, two of them nearly as probable as another. In gaps where nothing is
 * printed no Han letter had any of .02, and one had .07 where a letter stood.
 */
const LEAST = 0.1;
const CLEARLY = 2;
const HAN = /\p{Script=Han}/u;

/** Characters, and in gaps between Han letters that are a letter wide the letter that the recogniser thought of most. */
export function fillGaps(characters: readonly Character[], reading: Posteriors): Character[] {
  const pitch = pitchOf(characters);
  if (pitch === undefined) return [...characters];
  return characters.flatMap((character, index) => {
    const before = characters[index - 1];
    const isGap =
      before !== undefined &&
      (isSquare(before) || isSquare(character)) &&
      middleOf(character) - middleOf(before) >= GAP * pitch;
    const missing = isGap ? mostProbable(reading, before.lastStep + 1, character.firstStep - 1) : undefined;
    return missing && !isEdge(missing, before, character) ? [missing, character] : [character];
  });
}

/** Whether it is what a neighbour still, or already, looks like in the step beside it. */
function isEdge({ text, firstStep }: Character, before: Character, behind: Character): boolean {
  return (
    (text === before.text && firstStep === before.lastStep + 1) ||
    (text === behind.text && firstStep === behind.firstStep - 1)
  );
}

/** Of the Han letters in these steps the one that is clearly more probable than the others. */
function mostProbable({ output, alphabet }: Posteriors, firstStep: number, lastStep: number): Character | undefined {
  const classes = alphabet.length;
  const thoughts = new Map<string, { probability: number; step: number }>();
  for (let step = firstStep; step <= lastStep; step += 1) {
    for (let index = 0; index < classes; index += 1) {
      const probability = output.data[step * classes + index]!;
      if (probability < LEAST / CLEARLY || !HAN.test(alphabet[index]!)) continue;
      const known = thoughts.get(alphabet[index]!);
      if (probability > (known?.probability ?? 0)) thoughts.set(alphabet[index]!, { probability, step });
    }
  }
  const [best, next] = [...thoughts].sort(([, a], [, b]) => b.probability - a.probability);
  if (best === undefined) return undefined;
  const [text, { probability, step }] = best;
  if (probability < LEAST || probability < CLEARLY * (next?.[1].probability ?? 0)) return undefined;
  return { text, probability, firstStep: step, lastStep: step, spaceBefore: 0 };
}
