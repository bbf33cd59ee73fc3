import type { Character } from './decode.ts';
import type { Posterior } from './lookalikes.ts';

/** What the recogniser reads where a dash stands; the first is the Han numeral one. */
const STROKES = ['一', '—', '-'] as const;
/** Half of the Chinese dash, which is two characters long. */
const DASH = '—';
/**
 * From this probability of either dash, summed over both strokes, two strokes side by side are one Chinese dash. Counted on Chinese pages and
 * screens: real numerals had under 0.06 each, dashes read as numerals 0.21 to 0.67 together.
 */
const LEAST = 0.15;
/** A character of its own in the alphabet, that no one prints: it is always a vertical bar. */
const BAR = { read: '丨', is: '|' } as const;

/**
 * Chinese dashes ("——"), which the recogniser likes to read as the numeral one twice or as mixed dashes, and vertical bars. Forms are exchanged one
 * for one, so every character keeps its place.
 */
export function settleDashes(characters: readonly Character[], posterior: Posterior): Character[] {
  const settled = characters.map((character) =>
    character.text === BAR.read ? { ...character, text: BAR.is } : character,
  );
  for (let index = 1; index < settled.length; index += 1) {
    const pair = [settled[index - 1]!, settled[index]!];
    if (pair.some(({ text }) => text === '一') && pair.every(isStroke) && dashiness(pair, posterior) >= LEAST) {
      settled[index - 1] = { ...pair[0]!, text: DASH };
      settled[index] = { ...pair[1]!, text: DASH };
    }
  }
  return settled;
}

function isStroke({ text }: Character): boolean {
  return STROKES.some((stroke) => stroke === text);
}

function dashiness(pair: readonly Character[], posterior: Posterior): number {
  return pair.reduce((sum, character) => sum + posterior(character, '—') + posterior(character, '-'), 0);
}
