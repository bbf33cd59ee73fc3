import { lettersOf } from '../values/normalise.ts';
import { closes, joinOf, opens, saysSameMarks } from './boundaries.ts';
import { MOST_PLACES, type Span } from './find-letters.ts';
import { type IndexedPage, isDigit, lettersIn, type TextLetter } from './page-index.ts';

/** What readers of print take for each other; as letters are after normalising. */
const LOOKALIKES = [
  'o0qd',
  'l1i|tj',
  's5',
  'b8',
  'br',
  'z2',
  'g69q',
  'ceo',
  'nmrhu',
  'uvyw',
  'ft',
  'a4',
  '7t',
  'eaos',
  'kx',
  'pr',
  'pf',
  'cg',
  'be',
  'nw',
  'fr',
];
const ALIKE: ReadonlySet<string> = new Set(
  LOOKALIKES.flatMap((group) => [...group].flatMap((a) => [...group].map((b) => a + b))),
);
const HAN = /\p{Script=Han}/u;
/** Chinese letters that turn what is said into its opposite. */
const NEGATION = /[不无未非没否]/u;
/** `split`: a space seen in a word where there is hardly one; `parted`: where there may be. */
const COST = { alike: 0.5, letter: 1, split: 0.75, parted: 1.5 } as const;
/** The share of a value's letters that may be wrong. */
const MOST_ERROR = 0.17;
/** What may be wrong in one word: more makes it another one ("hypotension" is not "hypertension"). */
const MOST_IN_WORD = 1;
/** Shorter values are found letter by letter or not at all. */
const SHORTEST = 5;
/** Where a letter may be another one: behind so many of its word's first letters, which may be a prefix, and before its last, which may be an ending. */
const PREFIX = 2;
/** A word of so many letters is not often two. */
const LONG_WORD = 10;
/** Articles and prefixes are words of their own ("the rapist", "a typical", "in valid"); one that is a single letter is a vowel. */
const OWN_WORD = /^(?:[aeiouyà]|an|the|no|not|non|in|im|il|ir|un|de|dis|anti)$/u;

/** A letter of a value and where in its word it stands. */
interface Wanted extends TextLetter {
  readonly index: number;
  /** Letters of its word. */
  readonly length: number;
}

/** A column of the table of distances: of the best way in which the value's first `row` letters end at a letter of the page. */
interface Column {
  readonly costs: Float64Array;
  /** Its cost before the word that it is in. */
  readonly bases: Float64Array;
  /** The letter of the page that it begins with. */
  readonly starts: Int32Array;
}

/**
 * Where a page says nearly what a value says: letters misread, lost or doubled, in all at most a sixth of it and one of a word (Sellers' algorithm
 * with weights). What could change the meaning never counts as an error: a digit, the beginning of a word, a whole word, a letter that does not look
 * like the one it stands for. The best places only: where the same label is misread twelve times, all twelve say it.
 */
export function findNearly(page: IndexedPage, value: string): Span[] {
  const wanted = inWords(lettersIn(value));
  if (wanted.length < SHORTEST) return [];
  let column = emptyColumn(page, wanted.length, 0);
  let best: { readonly from: number; readonly to: number }[] = [];
  let least = MOST_ERROR * wanted.length;
  page.letters.forEach((_, at) => {
    column = nextColumn(page, at, wanted, column);
    const [total, from] = [column.costs[wanted.length]!, column.starts[wanted.length]!];
    // What agrees in all letters was found by them, or refused.
    if (total === 0 || total > least || !closes(page, at, { isLong: true })) return;
    if (!saysSameMarks(page, from, at, value)) return;
    if (total < least) [best, least] = [[], total];
    if (best.length < MOST_PLACES && from > (best.at(-1)?.to ?? -1)) best.push({ from, to: at });
  });
  const error = least / wanted.length;
  return best.map(({ from, to }) => ({ first: page.letters[from]!.word, last: page.letters[to]!.word, error }));
}

/** A column in which nothing has begun yet; `from` is the letter of the page that a value may begin with behind it. */
function emptyColumn(page: IndexedPage, length: number, from: number): Column {
  const costs = new Float64Array(length + 1).fill(Infinity);
  const starts = new Int32Array(length + 1);
  if (from < page.letters.length && opens(page, from, { isLong: true })) costs[0] = 0;
  starts[0] = from;
  return { costs, bases: new Float64Array(length + 1), starts };
}

function nextColumn(page: IndexedPage, at: number, wanted: readonly Wanted[], before: Column): Column {
  const letter = page.letters[at]!;
  const next = emptyColumn(page, wanted.length, at + 1);
  const take = (row: number, from: Column, fromRow: number, { cost, base }: { cost: number; base: number }): void => {
    const total = from.costs[fromRow]! + cost;
    if (total >= next.costs[row]! || total - base > MOST_IN_WORD) return;
    next.costs[row] = total;
    next.bases[row] = base;
    next.starts[row] = from.starts[fromRow]!;
  };
  for (let row = 1; row <= wanted.length; row += 1) {
    const own = wanted[row - 1]!;
    if (before.costs[row - 1]! < Infinity) {
      const base = own.begins ? before.costs[row - 1]! : before.bases[row - 1]!;
      const gap = own.touches ? gapCost(page, at, own) : 0;
      const cost = differ(own, letter.unit);
      // Chinese has no words that an error could be too much for.
      take(row, before, row - 1, { cost: cost + gap, base: base + gap + (HAN.test(own.unit) ? cost : 0) });
    }
    take(row, before, row, { cost: added(letter, own), base: before.bases[row]! });
    if (row > 1) take(row, next, row - 1, { cost: lost(own), base: next.bases[row - 1]! });
  }
  return next;
}

function inWords(letters: readonly TextLetter[]): Wanted[] {
  const starts = letters.flatMap(({ begins }, at) => (begins ? [at] : []));
  return starts.flatMap((start, at) => {
    const word = letters.slice(start, starts[at + 1]);
    return word.map((letter, index) => ({ ...letter, index, length: word.length }));
  });
}

/** A letter of the page that the value does not have, in or behind one of its words; a lone one may be a speck of dirt. */
function added({ unit, begins, ends }: TextLetter, word: Wanted): number {
  const isSpeck = begins && ends;
  return isSpeck || (!begins && mayVary(unit, word)) ? COST.letter : Infinity;
}

function lost(own: Wanted): number {
  return !own.begins && mayVary(own.unit, own) ? COST.letter : Infinity;
}

/** A digit is never lost or added, nor a letter of a short word: "no" is not "not". */
function mayVary(unit: string, { length }: Wanted): boolean {
  return !isDigit(unit) && !NEGATION.test(unit) && (length >= SHORTEST || HAN.test(unit));
}

/** A letter that does not look like the one it stands for may be another word's, unless it is in the middle of a long one. */
function differ({ unit, index, length }: Wanted, print: string): number {
  if (unit === print) return 0;
  if (isDigit(unit) && isDigit(print)) return Infinity;
  if (ALIKE.has(unit + print) || bare(unit) === bare(print)) return COST.alike;
  if (isDigit(unit) || isDigit(print)) return Infinity;
  // The letters of Chinese are too many to know which are alike.
  if (HAN.test(unit)) return HAN.test(print) && !NEGATION.test(unit + print) ? COST.letter : Infinity;
  return length >= SHORTEST && index >= PREFIX && index < length - 1 ? COST.letter : Infinity;
}

/** What it costs that a word of the value is parted on the page by a space that a reader saw where there is none. */
function gapCost(page: IndexedPage, at: number, { length }: Wanted): number {
  const join = joinOf(page, at);
  if (join !== 'split') return join === 'whole' ? 0 : Infinity;
  const [before, after] = [page.letters[at - 1]!, page.letters[at]!];
  if (OWN_WORD.test(lettersOf(page.words[before.word]!.word.text))) return Infinity;
  return before.begins || after.ends || length >= LONG_WORD ? COST.split : COST.parted;
}

/** Without its accent. */
function bare(letter: string): string {
  return letter.normalize('NFD')[0]!;
}
