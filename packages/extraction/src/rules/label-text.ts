import { GAP_MARK } from '../layout/phrases.ts';
import { findAmounts } from '../values/amounts.ts';
import { lettersOf } from '../values/normalise.ts';
import { standardName } from './vocabulary.ts';

/** A label and the text behind it, of one piece of print. `value` is empty where nothing follows. */
export interface Labelled {
  readonly key: string;
  readonly value: string;
}

/** Labels are short. */
const MOST_WORDS = 7;
const MOST_LETTERS = 48;
const MOST_HAN = 14;
const MOST_TAIL_WORDS = 5;

/** A colon between digits is a clock, before slashes a link or a path. */
const COLON = /(?<!\d *):(?![\\/]{1,2}\S)|:(?! ?\d\d(?!\d)|\d|[\\/])|：/gu;
const LENTICULAR = /^\s*【(?<key>[^【】]{1,14})】\s*[:：]?\s*(?<value>.*)$/su;
/** Marks of sentences, the end of one before the next, addresses of the net. */
const NO_LABEL = /[，。；！？“”"@•●]|\p{Ll}{4}[.!?;] +\p{Lu}\p{Ll}|^(?:https?|www)(?!\p{L})/u;
const HAN = /\p{Script=Han}/u;
/** "Deliver to", "Approved by": a name follows. */
const ADDRESSED = /^\p{Lu}\p{L}+ (?:to|by|from)$/u;

/** What a piece of print says of labels with a colon, one after another: "Date: 12/02/2018 Time: 14:31" has two. Without a colon it is empty. */
export function splitLabels(text: string): Labelled[] {
  const bracketed = LENTICULAR.exec(text)?.groups;
  if (bracketed) return [{ key: bracketed.key!.trim(), value: tidy(bracketed.value!) }];
  const colons = [...text.matchAll(COLON)].map(({ index }) => index);
  const found: { key: string; from: number; to: number }[] = [];
  let from = 0;
  for (const colon of colons) {
    const segment = text.slice(from, colon);
    const key = found.length === 0 ? headLabel(segment) : tailLabel(segment);
    if (key !== null) {
      const last = found.at(-1);
      if (last) last.to = from + segment.lastIndexOf(key);
      found.push({ key, from: colon + 1, to: text.length });
    }
    if (key !== null || found.length === 0) from = colon + 1;
  }
  return found.map(({ key, from: start, to }) => ({ key: spaced(key), value: tidy(text.slice(start, to)) }));
}

/** A text as a label: without marks at its ends; null where it is none. */
export function labelOf(text: string): string | null {
  const key = text
    .replace(/^[\s*•·\-–_.,;:|>()[\]]+|[\s*:：.,;_|]+$/gu, '')
    .replace(/^\(?(?:\d{1,2}|[a-z])(?:[.)]\s+|[.、)](?=\p{Script=Han}))/u, '');
  return isLabel(key) ? spaced(key) : null;
}

function isLabel(key: string): boolean {
  if (standardName(key) !== undefined || ADDRESSED.test(key)) return true;
  if (NO_LABEL.test(key) || !/\p{L}/u.test(key)) return false;
  const letters = lettersOf(key);
  if (HAN.test(key)) return letters.length > 1 && letters.length <= MOST_HAN && !/[，、]/.test(key);
  const words = key.split(/\s+/);
  const isSentence = /^\p{Ll}/u.test(key) && words.length > 1;
  const endsOpen = /[-,]$|(?<!\p{L})(?:the|a|an|of|to|and|or|with|by|is|are|der|die|das|und|le|la|et|de)$/iu.test(key);
  const isWord = letters.replace(/\d/gu, '').length > 1;
  return isWord && letters.length <= MOST_LETTERS && words.length <= MOST_WORDS && !isSentence && !endsOpen;
}

/** The label at the end of what stands before the first colon: without what a gap or a number parts from it. */
function headLabel(segment: string): string | null {
  const near = segment.slice(segment.lastIndexOf(GAP_MARK) + 1);
  const number = /^.*(?:^|\s)(?<digits>[^\p{L}\s]*\d[^\p{L}\s]*)\s+(?=\p{L})/su.exec(near);
  const rest = near.slice(number?.[0].length ?? 0);
  const isBefore = number !== null && (/\d\D?\d\D?\d/.test(number.groups!.digits!) || !/\p{L}/u.test(number[0]));
  const whole = isBefore || standardName(rest) !== undefined ? (labelOf(rest) ?? labelOf(near)) : labelOf(near);
  if (whole !== null) return whole;
  const tail = knownTail(near);
  return tail !== null && lettersOf(tail).length > 3 ? tail : null;
}

/** The label at the end of what stands between two colons; null where it is all value. */
function tailLabel(segment: string): string | null {
  const known = knownTail(segment);
  if (known !== null) return known;
  const gap = segment.lastIndexOf(GAP_MARK);
  if (gap >= 0) return labelOf(segment.slice(gap + 1));
  const words = segment.trim().split(/\s+/);
  const number = words.findLastIndex((word) => /\d/.test(word));
  const tail = words.slice(number >= 0 && number < words.length - 1 ? number + 1 : -1);
  const text = tail.join(' ');
  const isTail = tail.length < words.length && tail.length <= MOST_TAIL_WORDS && /^[\p{Lu}\p{Script=Han}#]/u.test(text);
  return isTail && segment.includes(text) ? labelOf(text) : null;
}

/** The longest run of words at the end of a text that the vocabulary knows. */
function knownTail(text: string): string | null {
  const words = [...text.matchAll(/\S+/gu)];
  for (let count = Math.min(MOST_TAIL_WORDS, words.length); count > 0; count -= 1) {
    const tail = text.slice(words.at(-count)!.index).trim();
    if (standardName(tail) !== undefined) return tail.replace(/^[*•·(]+|[\s.*]+$/gu, '');
  }
  return null;
}

/** A currency and the sum behind a gap as one, for it stands at the left edge of its column and the sum at the right; else the first alone. */
export function withSum(first: string, second: string): string {
  const both = `${first.trim()} ${second.trim()}`;
  const isSign = first.trim() !== '' && !/\d/.test(first);
  return isSign && findAmounts(both).some(({ currency, start }) => currency !== null && start === 0) ? both : first;
}

/** A value up to the next gap, without marks that only lead to it. */
export function tidy(text: string): string {
  const [first = '', second = ''] = text.replace(/^[\s.:：_=|>]+(?!\d)|^\s+/u, '').split(GAP_MARK);
  const value = withSum(first, second).replace(/[\s_|]+$/u, '');
  const open = value.endsWith(')') && !value.includes('(') ? value.slice(0, -1) : value;
  return spaced(open);
}

/** One space where there is any; none between the letters of a Chinese label set wide: "姓　名". */
function spaced(text: string): string {
  const single = text.replace(/\s+/gu, ' ').trim();
  return /^(?:\p{Script=Han} )+\p{Script=Han}$/u.test(single) ? single.replaceAll(' ', '') : single;
}
