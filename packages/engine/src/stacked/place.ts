import type { Character } from '../recognise/decode.ts';

/**
 * The characters of a column with the steps they would have, had the column been read as it stands: letters laid side by side are equally
 * wide, but their places in the column are not.
 *
 * @param cuts where the letters begin and end, as fractions of the column's length
 */
export function placeInColumn(characters: readonly Character[], cuts: readonly number[], steps: number): Character[] {
  const letters = cuts.length - 1;
  const placed = (step: number): number => {
    const at = (step / steps) * letters;
    const letter = Math.min(letters - 1, Math.floor(at));
    const [start, end] = [cuts[letter]!, cuts[letter + 1]!];
    return (start + (end - start) * (at - letter)) * steps;
  };
  return characters.map((character) => ({
    ...character,
    firstStep: placed(character.firstStep),
    lastStep: placed(character.lastStep + 1) - 1,
  }));
}
