import { closes, holdsTogether, opens, saysSameMarks } from './boundaries.ts';
import { type IndexedPage, type Letter, lettersIn } from './page-index.ts';

const HAN = /\p{Script=Han}/u;

/** Words of a page that say a value, first and last. */
export interface Span {
  readonly first: number;
  readonly last: number;
  /** Of the letters, 0 when all agree; a share of the value's length. */
  readonly error: number;
  /** Where the value begins in the first word and ends in the last, in UTF-16 units of their texts; absent where it is whole words. */
  readonly inside?: { readonly from: number; readonly to: number };
}

/** A value found more often than this says nothing about where it came from. */
export const MOST_PLACES = 40;

/** Where the letters and digits of a value stand in a page, in words of their own. */
export function findLetters(page: IndexedPage, value: string): Span[] {
  const letters = lettersIn(value);
  const wanted = letters.map(({ unit }) => unit).join('');
  const spans: Span[] = [];
  if (wanted === '') return spans;
  for (let at = page.text.indexOf(wanted); at >= 0; at = page.text.indexOf(wanted, at + 1)) {
    const end = at + wanted.length - 1;
    const isLong = end > at;
    const isWhole = opens(page, at, { isLong }) && closes(page, end, { isLong });
    if (isWhole && holdsTogether(page, at, letters) && saysSameMarks(page, at, end, value)) {
      spans.push({ first: page.letters[at]!.word, last: page.letters[end]!.word, error: 0, ...partOf(page, at, end) });
    }
    if (spans.length === MOST_PLACES) break;
  }
  return spans;
}

/** The part of its first and last word that a value takes, where marks or Chinese letters part it from the rest. */
function partOf({ letters }: IndexedPage, first: number, last: number): Pick<Span, 'inside'> {
  const [begin, end] = [letters[first]!, letters[last]!];
  const isCutAt = (letter: Letter, beside: Letter | undefined, isPart: boolean): boolean =>
    beside?.word === letter.word && (isPart || HAN.test(letter.unit));
  const isCut = isCutAt(begin, letters[first - 1], begin.begins) || isCutAt(end, letters[last + 1], end.ends);
  return isCut ? { inside: { from: begin.at, to: end.at + 1 } } : {};
}
