import { areApart } from '../layout/columns.ts';
import { type IndexedPage, isDigit, type Letter, type TextLetter } from './page-index.ts';

const HAN = /\p{Script=Han}/u;

interface Length {
  /** Whether the value has more than one letter. */
  readonly isLong: boolean;
}

/**
 * A value begins and ends with words or parts of them, or where letters meet digits ("RM41.45" holds 41.45; "1041" holds no 41). Chinese is
 * written without spaces: from two letters of it on a value may stand anywhere.
 */
export function opens({ letters }: IndexedPage, at: number, { isLong }: Length): boolean {
  const [before, begin] = [letters[at - 1], letters[at]!];
  return begin.begins || (isLong && HAN.test(begin.unit)) || isTurn(before, begin);
}

export function closes({ letters }: IndexedPage, at: number, { isLong }: Length): boolean {
  const [end, after] = [letters[at]!, letters[at + 1]];
  return end.ends || (isLong && HAN.test(end.unit)) || isTurn(end, after);
}

function isTurn(before: Letter | undefined, after: Letter | undefined): boolean {
  return before !== undefined && after !== undefined && isDigit(before.unit) !== isDigit(after.unit);
}

/** How a letter of a page continues the one before it, where the value writes both in one word. */
export type Join = 'whole' | 'split' | 'apart';

/**
 * Digits are grouped by spaces within a line ("1 234", "DE89 3704"), and a word goes on over a hyphen at the end of a line; Chinese has no words.
 * Else a space within a word is a reader's slip at best (`split`), and what stands in two lines or columns is two things.
 */
export function joinOf(page: IndexedPage, at: number): Join {
  const [before, after] = [page.letters[at - 1]!, page.letters[at]!];
  if (before.word === after.word || HAN.test(before.unit) || HAN.test(after.unit)) return 'whole';
  const [left, right] = [page.words[before.word]!, page.words[after.word]!];
  const hasDigit = isDigit(before.unit) || isDigit(after.unit);
  if (left.line === right.line) {
    if (areApart(left.word.quad, right.word.quad)) return 'apart';
    return hasDigit ? 'whole' : 'split';
  }
  return !hasDigit && HYPHENATED.test(left.word.text) ? 'whole' : 'apart';
}

const HYPHENATED = /\p{L}[-\u00ad\u2010]$/u;

/** Whether the letters of a page from a place on are parted no more than those of a value are. */
export function holdsTogether(page: IndexedPage, from: number, value: readonly TextLetter[]): boolean {
  return value.every(({ touches }, at) => !touches || joinOf(page, from + at) === 'whole');
}

/**
 * Whether the print between two letters of a page has the marks that change what a value says: a point or comma within a number (700 does not stand
 * in "7.00", nor 41.5 in "415"), and signs beside a short value or a number.
 */
export function saysSameMarks(page: IndexedPage, first: number, last: number, value: string): boolean {
  const [begin, end] = [page.letters[first]!, page.letters[last]!];
  if (!sameDecimals(gapsOf(printBetween(page, begin, end)), gapsOf(value))) return false;
  const letters: readonly string[] = value.match(/[\p{L}\p{N}]/gu) ?? [];
  return (
    (letters.length > SHORT && !letters.every(isDigit)) || sameSigns(signsAround(page, begin, end), signsOf(value))
  );
}

function printBetween({ words }: IndexedPage, begin: Letter, end: Letter): string {
  return words
    .slice(begin.word, end.word + 1)
    .map(({ word: { text } }, at, all) =>
      text.slice(at === 0 ? begin.at : 0, at === all.length - 1 ? end.at + 1 : undefined),
    )
    .join(' ');
}

const GROUPS = /(?<![\d.,])\d{1,3}([.,])\d{3}(?:\1\d{3})*(?!\d|\1\d)/g;

/** What stands between each digit and the next; groups of thousands are one number. */
function gapsOf(text: string): string[] {
  const ungrouped = text.replace(GROUPS, (number) => number.replace(/[.,]/g, ''));
  return [...ungrouped.matchAll(/\d(\D*)(?=\d)/g)].map(([, gap]) => gap!);
}

/** A mark with a space behind it may be one within a number that a reader parted, or parts two numbers: it agrees with either. */
function sameDecimals(print: readonly string[], value: readonly string[]): boolean {
  const isTight = (gap: string): boolean => /^[.,·]$/.test(gap);
  // Where a letter was read for a digit, which mark is which is not known.
  if (print.length !== value.length) return print.filter(isTight).length === value.filter(isTight).length;
  return print.every((gap, at) => {
    const other = value[at]!;
    return isTight(gap) ? /[.,·]/.test(other) : !isTight(other) || /[.,·]/.test(gap);
  });
}

/** Values of so many letters and digits at most are told apart by a sign beside them: "A-", "C++", "< 5". */
const SHORT = 3;
/** A comparison may stand apart from its number, a minus touches it; a plus before a number says nothing, nor does any of them before a word. */
const BEFORE = /(?:^|[\s(])(?:([<>≤≥±]+) ?|([-−]))$/u;
const BEHIND = /^(?:([-+−]+)(?=[\s),.;:]|$)| ?(%))/u;

interface Signs {
  readonly before: string;
  readonly behind: string;
}

/** The signs beside a value's letters, in the text that it stands in. */
function signsAt(before: string, value: string, behind: string): Signs {
  const [, comparison, minus] = BEFORE.exec(before) ?? [];
  const [, sign, percent] = BEHIND.exec(behind) ?? [];
  return {
    before: isDigit(value[0] ?? '') ? (comparison ?? (minus === undefined ? '' : '-')) : '',
    behind: (sign ?? percent ?? '').replaceAll('−', '-'),
  };
}

function signsOf(value: string): Signs {
  const [, before = '', own = '', behind = ''] = /^([^\p{L}\p{N}]*)(.*?)([^\p{L}\p{N}]*)$/su.exec(value) ?? [];
  return signsAt(before, own, behind);
}

function signsAround({ words }: IndexedPage, begin: Letter, end: Letter): Signs {
  const lineOf = (at: number): number | undefined => words[at]?.line;
  const wordBeside = (at: number, other: number): string =>
    lineOf(at) === lineOf(other) ? (words[other]?.word.text ?? '') : '';
  const [first, last] = [words[begin.word]!.word.text, words[end.word]!.word.text];
  return signsAt(
    `${wordBeside(begin.word, begin.word - 1)} ${first.slice(0, begin.at)}`,
    first.slice(begin.at),
    `${last.slice(end.at + 1)} ${wordBeside(end.word, end.word + 1)}`,
  );
}

/** Whoever asks for a rate may leave out its percent sign. */
function sameSigns(print: Signs, value: Signs): boolean {
  const behind = print.behind === '%' && value.behind === '' ? '' : print.behind;
  return print.before === value.before && behind === value.behind;
}
