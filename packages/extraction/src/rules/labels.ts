import { lettersOf } from '../values/normalise.ts';

/** Letters of a label that may be misread: one in so many. */
const LETTERS_AN_ERROR = 6;

/** A text made ready to be compared with many lists of phrases. */
export interface Print {
  readonly letters: string;
  readonly words: string;
}

export function printOf(text: string): Print {
  return { letters: lettersOf(text), words: spaced(text) };
}

/**
 * Whether a text says one of some phrases, spaces and punctuation apart, with a letter in six misread ("Subtotai" says "subtotal"). A phrase of
 * fewer letters than that must stand there exactly, and as words of its own: "co" is not in "cost".
 */
export function says(text: string | Print, phrases: readonly string[]): boolean {
  const { letters, words } = typeof text === 'string' ? printOf(text) : text;
  return preparedOf(phrases).some((phrase) =>
    'word' in phrase ? words.includes(phrase.word) : holds(letters, phrase),
  );
}

/** A phrase that is looked for with errors: of its letters, in which places of it each stands, as bits. */
interface Pattern {
  readonly print: string;
  readonly places: ReadonlyMap<number, number>;
  readonly mostErrors: number;
}

type Prepared = Pattern | { readonly word: string };

/** Letters of a phrase that are compared at once: the bits of an integer. */
const MOST_LETTERS = 32;

/** Lists of phrases are constants that thousands of texts are compared with: each is made ready once. */
const PREPARED = new WeakMap<readonly string[], readonly Prepared[]>();

function preparedOf(phrases: readonly string[]): readonly Prepared[] {
  const known = PREPARED.get(phrases);
  if (known) return known;
  const prepared = phrases.map((phrase): Prepared => {
    const print = lettersOf(phrase);
    const isWord = print.length < LETTERS_AN_ERROR && !/\p{Script=Han}/u.test(phrase);
    if (isWord) return { word: spaced(phrase) };
    const mostErrors = print.length > MOST_LETTERS ? 0 : Math.floor(print.length / LETTERS_AN_ERROR);
    return { print, places: placesOf(print), mostErrors };
  });
  PREPARED.set(phrases, prepared);
  return prepared;
}

function placesOf(print: string): ReadonlyMap<number, number> {
  const places = new Map<number, number>();
  for (let at = 0; at < Math.min(print.length, MOST_LETTERS); at += 1) {
    const letter = print.charCodeAt(at);
    places.set(letter, (places.get(letter) ?? 0) | (1 << at));
  }
  return places;
}

/** The words of a text with one space around each. */
function spaced(text: string): string {
  return ` ${(text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).join(' ')} `;
}

/**
 * Whether some part of a text differs from a phrase by at most so many letters. One column of the table of distances a letter, its rows as the bits of
 * two integers that say where it grows and where it falls (Myers 1999, in Hyyro's form): a sixth of the time that the table itself takes.
 */
function holds(text: string, { print, places, mostErrors }: Pattern): boolean {
  if (text.includes(print)) return true;
  if (mostErrors === 0 || text.length + mostErrors < print.length) return false;
  const last = 1 << (print.length - 1);
  let grows = -1;
  let falls = 0;
  let distance = print.length;
  for (let at = 0; at < text.length; at += 1) {
    const equal = places.get(text.charCodeAt(at)) ?? 0;
    const vertical = equal | falls;
    const horizontal = (((equal & grows) + grows) ^ grows) | equal;
    let more = falls | ~(horizontal | grows);
    let less = grows & horizontal;
    if (more & last) distance += 1;
    else if (less & last) distance -= 1;
    if (distance <= mostErrors) return true;
    // A part may begin anywhere, so that the first row is zero in each column.
    more <<= 1;
    less <<= 1;
    grows = less | ~(vertical | more);
    falls = more & vertical;
  }
  return false;
}
