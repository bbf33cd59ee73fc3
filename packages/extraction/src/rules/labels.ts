import { lettersOf } from '../values/normalise.ts';

/** Letters of a label that may be misread: one in so many. */
const LETTERS_AN_ERROR = 6;

/**
 * Whether a text says one of some phrases, spaces and punctuation apart, with a letter in six misread ("Subtofai" says "subtotal"). A phrase of
 * fewer letters than that must stand there exactly, and as words of its own: "co" is not in "cost".
 */
export function says(text: string, phrases: readonly string[]): boolean {
  const letters = lettersOf(text);
  return phrases.some((phrase) => {
    const wanted = lettersOf(phrase);
    if (wanted.length < LETTERS_AN_ERROR && !/\p{Script=Han}/u.test(phrase)) return hasWords(text, phrase);
    return holds(letters, wanted, Math.floor(wanted.length / LETTERS_AN_ERROR));
  });
}

function hasWords(text: string, phrase: string): boolean {
  const spaced = (one: string): string =>
    ` ${
      one
        .toLowerCase()
        .match(/[\p{L}\p{N}]+/gu)
        ?.join(' ') ?? ''
    } `;
  return spaced(text).includes(spaced(phrase));
}

/** Whether some part of a text differs from the wanted one by at most so many letters (Sellers' algorithm). */
function holds(text: string, wanted: string, most: number): boolean {
  if (text.includes(wanted)) return true;
  if (most === 0) return false;
  let column = Array.from({ length: wanted.length + 1 }, (_, row) => row);
  for (const letter of text) {
    const next = [0];
    for (let row = 1; row <= wanted.length; row += 1) {
      const replaced = column[row - 1]! + (wanted[row - 1] === letter ? 0 : 1);
      next.push(Math.min(replaced, column[row]! + 1, next[row - 1]! + 1));
    }
    if (next[wanted.length]! <= most) return true;
    column = next;
  }
  return false;
}
