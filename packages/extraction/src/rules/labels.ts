import { lettersOf } from '../values/normalise.ts';

/** Letters of a label that may be misread: one in so many. */
const LETTERS_AN_ERROR = 6;

/**
 * Whether a text says one of some phrases, spaces and punctuation apart, with a letter in six misread ("Subtofai" says "subtotal"). A phrase of
 * fewer letters than that must stand there exactly, and as words of its own: "co" is not in "cost".
 */
export function says(text: string, phrases: readonly string[]): boolean {
  const letters = lettersOf(text);
  const words = spaced(text);
  return preparedOf(phrases).some(({ isWord, print }) =>
    isWord ? words.includes(print) : holds(letters, print, Math.floor(print.length / LETTERS_AN_ERROR)),
  );
}

interface Prepared {
  readonly isWord: boolean;
  readonly print: string;
}

/** Lists of phrases are constants that thousands of texts are compared with: each is made ready once. */
const PREPARED = new WeakMap<readonly string[], readonly Prepared[]>();

function preparedOf(phrases: readonly string[]): readonly Prepared[] {
  const known = PREPARED.get(phrases);
  if (known) return known;
  const prepared = phrases.map((phrase) => {
    const letters = lettersOf(phrase);
    const isWord = letters.length < LETTERS_AN_ERROR && !/\p{Script=Han}/u.test(phrase);
    return { isWord, print: isWord ? spaced(phrase) : letters };
  });
  PREPARED.set(phrases, prepared);
  return prepared;
}

/** The words of a text with one space around each. */
function spaced(text: string): string {
  return ` ${(text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).join(' ')} `;
}

/** Whether some part of a text differs from the wanted one by at most so many letters (Sellers' algorithm). */
function holds(text: string, wanted: string, most: number): boolean {
  if (text.includes(wanted)) return true;
  if (most === 0 || text.length + most < wanted.length) return false;
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
