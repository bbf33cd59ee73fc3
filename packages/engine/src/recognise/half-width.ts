import type { Character } from './decode.ts';

const HAN = /[\u2e80-\u2fff\u3040-\u9fff\uac00-\ud7af\uf900-\ufaff]/;
/** Full-width forms of ASCII's 0x21 to 0x7e, in the same order. */
const FULL_WIDTH = /[\uff01-\uff5e]/;
const OFFSET = 0xfee0;

/**
 * Punctuation as wide as a Han character, which the recogniser likes to see in Latin print too, as its plain form, unless it stands next to a Han
 * character. Forms are exchanged one for one, so every character keeps its place.
 */
export function narrowPunctuation(characters: readonly Character[]): Character[] {
  return characters.map((character, index) => {
    const { text } = character;
    const besideHan = [characters[index - 1], characters[index + 1]].some((other) => other && HAN.test(other.text));
    if (!FULL_WIDTH.test(text) || besideHan) {
      return character;
    }
    return { ...character, text: String.fromCharCode(text.charCodeAt(0) - OFFSET) };
  });
}
