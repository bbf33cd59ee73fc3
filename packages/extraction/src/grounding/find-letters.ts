import { normalise } from '../values/normalise.ts';
import type { IndexedPage, Letter } from './page-index.ts';

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
const MOST_PLACES = 40;

/** Where the letters and digits of a value stand in a page, in words of their own. */
export function findLetters(page: IndexedPage, value: string): Span[] {
  const wanted = normalise(value).text;
  const spans: Span[] = [];
  if (wanted === '') return spans;
  for (let at = page.text.indexOf(wanted); at >= 0; at = page.text.indexOf(wanted, at + 1)) {
    const end = at + wanted.length - 1;
    const span = { first: page.letters[at]!.word, last: page.letters[end]!.word, error: 0 };
    if (standsAlone(page, at, end) && keepsMarks(page, span, value)) spans.push({ ...span, ...partOf(page, at, end) });
    if (spans.length === MOST_PLACES) break;
  }
  return spans;
}

/**
 * A value begins and ends with words or parts of them, or where letters meet digits ("RM41.45" holds 41.45; "1041" holds no 41). Chinese is
 * written without spaces: from two letters of it on a value may stand anywhere.
 */
function standsAlone({ letters }: IndexedPage, first: number, last: number): boolean {
  const [before, begin, end, after] = [letters[first - 1], letters[first]!, letters[last]!, letters[last + 1]];
  const [opens, closes] = [begin, end].map(({ unit }) => last > first && HAN.test(unit));
  const free = begin.begins || opens || (before !== undefined && isDigit(before.unit) !== isDigit(begin.unit));
  return free && (end.ends || closes || (after !== undefined && isDigit(after.unit) !== isDigit(end.unit)));
}

/** The part of its first and last word that a value takes, where marks or Chinese letters part it from the rest. */
function partOf({ letters }: IndexedPage, first: number, last: number): Pick<Span, 'inside'> {
  const [begin, end] = [letters[first]!, letters[last]!];
  const isCutAt = (letter: Letter, beside: Letter | undefined, isPart: boolean): boolean =>
    beside?.word === letter.word && (isPart || HAN.test(letter.unit));
  const isCut = isCutAt(begin, letters[first - 1], begin.begins) || isCutAt(end, letters[last + 1], end.ends);
  return isCut ? { inside: { from: begin.at, to: end.at + 1 } } : {};
}

/** A point or comma between digits is part of a number: 700 does not stand in "7.00". */
function keepsMarks({ words }: IndexedPage, { first, last }: Span, value: string): boolean {
  const quote = words
    .slice(first, last + 1)
    .map(({ word }) => word.text)
    .join(' ');
  return /\d[.,]\d/.test(value) || !/\d[.,]\d/.test(quote);
}

/** What readers of print take for each other; as letters are after normalising. */
const LOOKALIKES = [
  'o0qd',
  'l1i|tj',
  's5',
  'b8',
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
];
const ALIKE: ReadonlySet<string> = new Set(
  LOOKALIKES.flatMap((group) => [...group].flatMap((a) => [...group].map((b) => a + b))),
);
const COST = { alike: 0.5, letter: 1, digit: Infinity, missing: 1, missingDigit: 3 } as const;
/** The share of a value's letters that may be wrong. */
const MOST_ERROR = 0.17;
/** Shorter values are found letter by letter or not at all. */
const SHORTEST = 5;

/**
 * Where a page says nearly what a value says: letters misread, lost or doubled, in all at most a sixth of it; a digit never stands for another
 * one (Sellers' algorithm with weights). The best places only: where the same label is misread twelve times, all twelve say it.
 */
export function findNearly(page: IndexedPage, value: string): Span[] {
  const wanted = normalise(value).text;
  if (wanted.length < SHORTEST) return [];
  const most = MOST_ERROR * wanted.length;
  // costs[row] = the least cost of the value's first `row` letters ending here; starts[row] = where that part begins.
  let costs = Float64Array.from({ length: wanted.length + 1 }, (_, row) => row * COST.missing);
  const loss = [...wanted].map(missing);
  let starts = new Int32Array(wanted.length + 1);
  let best: { readonly from: number; readonly to: number }[] = [];
  let least = most;
  page.letters.forEach(({ unit }, at) => {
    const [cost, start] = [new Float64Array(wanted.length + 1), new Int32Array(wanted.length + 1)];
    start[0] = at + 1;
    for (let row = 1; row <= wanted.length; row += 1) {
      const replaced = costs[row - 1]! + differ(wanted[row - 1]!, unit);
      const added = costs[row]! + missing(unit);
      const lost = cost[row - 1]! + loss[row - 1]!;
      const cheapest = Math.min(replaced, added, lost);
      cost[row] = cheapest;
      start[row] =
        cheapest === replaced
          ? row === 1
            ? at
            : starts[row - 1]!
          : cheapest === added
            ? starts[row]!
            : start[row - 1]!;
    }
    const [total, from] = [cost[wanted.length]!, start[wanted.length]!];
    if (total < least) [best, least] = [[], total];
    if (total === least && best.length < MOST_PLACES && from > (best.at(-1)?.to ?? -1)) best.push({ from, to: at });
    [costs, starts] = [cost, start];
  });
  const error = least / wanted.length;
  return best.map(({ from, to }) => ({ first: page.letters[from]!.word, last: page.letters[to]!.word, error }));
}

function missing(unit: string): number {
  return isDigit(unit) ? COST.missingDigit : COST.missing;
}

function differ(a: string, b: string): number {
  if (a === b) return 0;
  if (ALIKE.has(a + b) && !(isDigit(a) && isDigit(b))) return COST.alike;
  return isDigit(a) && isDigit(b) ? COST.digit : COST.letter;
}

function isDigit(unit: string): boolean {
  return unit >= '0' && unit <= '9';
}
