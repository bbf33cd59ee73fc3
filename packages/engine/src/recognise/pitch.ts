import type { Character } from './decode.ts';

/** Letters that each take a square of the same size. */
const SQUARE = /\p{Script=Han}/u;
/** Neighbours that a distance is taken from at least. */
const LEAST_NEIGHBOURS = 2;

/** The median distance, in steps, between the middles of neighbouring Han letters; undefined where too few stand side by side. */
export function pitchOf(characters: readonly Character[]): number | undefined {
  const distances = characters
    .flatMap((character, index) => {
      const before = characters[index - 1];
      return before && isSquare(before) && isSquare(character) ? [middleOf(character) - middleOf(before)] : [];
    })
    .sort((a, b) => a - b);
  return distances.length < LEAST_NEIGHBOURS ? undefined : distances[distances.length >> 1];
}

export function isSquare({ text }: Character): boolean {
  return SQUARE.test(text);
}

export function middleOf({ firstStep, lastStep }: Character): number {
  return (firstStep + lastStep + 1) / 2;
}
