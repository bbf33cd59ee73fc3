import type { Character } from './decode.ts';

const POUND = '£';
/** What the recogniser reads a pound sign as where its alphabet has none. */
const READ_AS = 'f';
/** A sum with pence. Apertures (f2.8) have one digit behind the point. */
const SUM = /^(\d{1,3}(,\d{3})+|\d+)\.\d\d$/;

/** An "f" before a sum, in its word or as a word of its own, becomes the pound sign that the alphabet lacks. */
export function settlePounds(words: readonly Character[][], alphabet: readonly string[]): Character[][] {
  if (alphabet.includes(POUND)) return [...words];
  return words.map((word, index) => {
    const [first, ...rest] = word;
    const sum = rest.length > 0 ? rest : (words[index + 1] ?? []);
    return first?.text === READ_AS && SUM.test(textOf(sum)) ? [{ ...first, text: POUND }, ...rest] : word;
  });
}

const textOf = (characters: readonly Character[]): string => characters.map(({ text }) => text).join('');
