import { GAP_MARK, type Part, partsOf } from '../layout/phrases.ts';
import type { Piece, Row } from '../layout/rows.ts';
import { labelOf, splitLabels, tidy, withSum } from './label-text.ts';
import { continued, findBelow } from './value-places.ts';
import { standardName } from './vocabulary.ts';

/** A label and what stands for it, as a person would pair them. */
export interface KeyValue {
  readonly key: string;
  readonly value: string;
  /** Where the value begins. */
  readonly row: Row;
  /** Its first piece of print. */
  readonly piece: Piece;
  /** A colon says that it is a label; without one it is a guess from how the print stands. */
  readonly place: 'behind' | 'below' | 'level';
}

/** A label without a colon is short, and so is its value: longer ones are columns of text. */
const LEVEL = { words: 5, han: 8, value: 40 } as const;
/** Print of another block that is longer than a value. */
const TEXT = { words: 8, label: 4 } as const;
/** "(CHECK ONE)" says how to fill, and is no value. */
const INSTRUCTION = /^\s*[([（][^)\]）]*\p{L}{2}[^)\]）]*[)\]）][\s.]*$/u;
/** A label that ends with a sign for numbers, and what has digits behind it. */
const NUMBERED =
  /^\s*(?<label>\p{L}[\p{L} .-]{0,24}?\s?(?:(?<!\p{L})n[or]\.?|(?<!\p{L})num(?:ber)?|n°|№|#))(?:\s+|(?<=[.#°№]))(?<value>(?:\p{Lu}{1,4} ?)?[\p{L}\d/-]*\d[\p{L}\d/-]*)\s*$/iu;
/** The rate that a label tells: "Sales tax 20%", "VAT (7.5 %)". */
const RATE = /\s*[([]?\d{1,2}(?:[.,]\d{1,2})? ?%[)\]]?$/u;
/** A label with its rate, and a sum behind it. */
const RATED =
  /^\s*(?<label>\p{L}[\p{L} .&'-]{1,30}?)\s*[([]?\d{1,2}(?:[.,]\d{1,2})? ?%[)\]]?\s+(?<value>[-+(]?(?:\p{Sc}|\p{Lu}{2,3})? ?-?\d[\d.,' ]*\d\)?(?: ?(?:\p{Sc}|\p{Lu}{3}))?)\s*$/u;
/** What has one of these names is written with digits. */
const NUMERIC =
  /Date|Number|Phone|Fax|IBAN|Total|Amount|Price|Quantity|Postal|Pages|Tax|Cash|Change|Rounding|Discount|Time/u;
/** Print that names columns ends so. */
const HEADER = /(?:number|no\.?|name|date|amount|price|qty|quantity|tax|code|required|description|total|unit)\)?$/iu;

/**
 * Pairs by layout, in reading order: label and value around a colon, in one piece of print or in two of a row; a label with a colon over its
 * value; and two phrases alone in a row, a label to the left and something short to the right.
 */
export function findKeyValues(rows: readonly Row[]): KeyValue[] {
  const parts = rows.map((row) => partsOf(row.pieces));
  return rows
    .flatMap((_, at) => parts[at]!.flatMap((_part, index) => pairsAt(rows, parts, { at, index })))
    .filter(({ key, value }) => value !== '' && value !== key && /[\p{L}\p{N}]/u.test(value) && !isRunning(key, value));
}

interface Position {
  readonly at: number;
  readonly index: number;
}

function pairsAt(rows: readonly Row[], parts: readonly (readonly Part[])[], { at, index }: Position): KeyValue[] {
  const row = rows[at]!;
  const part = parts[at]![index]!;
  const labels = splitLabels(part.text);
  if (labels.length === 0) {
    const numbered = [...numberedPair(row, part), ...ratedPair(row, part)];
    return numbered.length > 0 || index > 0 ? numbered : levelPair(row, parts[at]!);
  }
  return labels.flatMap(({ key, value: behind }, label): KeyValue[] => {
    const beside = label === labels.length - 1 ? parts[at]![index + 1] : undefined;
    const sum = beside ? withSum(behind, tidy(beside.text)) : behind;
    const value = INSTRUCTION.test(sum) ? '' : sum;
    const piece = part.pieces.find(({ line }) => value !== '' && line.text.includes(value)) ?? part.pieces.at(-1)!;
    if (value !== '') {
      const isLast = label === labels.length - 1;
      return [
        { key, value: isLast ? continued(rows, at, { value, piece, part }) : value, row, piece, place: 'behind' },
      ];
    }
    if (label < labels.length - 1) return [];
    if (beside) return isValue(key, beside.text) && !isOtherText(part, beside) ? [besideIt(rows, at, key, beside)] : [];
    const below = findBelow(rows[at]!, rows[at + 1], part);
    return below && isValue(key, below.text)
      ? [{ key, value: tidy(below.text), row: rows[at + 1]!, piece: below.pieces[0]!, place: 'below' }]
      : [];
  });
}

function besideIt(rows: readonly Row[], at: number, key: string, part: Part): KeyValue {
  const piece = part.pieces[0]!;
  const value = continued(rows, at, { value: tidy(part.text), piece, part });
  return { key, value, row: rows[at]!, piece, place: 'behind' };
}

/** "Invoice No CS 24399", "Facture n° 2024-12": a known label that asks for a number, and a number. */
function numberedPair(row: Row, { text, pieces }: Part): KeyValue[] {
  const { label = '', value = '' } = NUMBERED.exec(text)?.groups ?? {};
  const isLabel = label !== '' && NUMERIC.test(standardName(label) ?? '');
  return isLabel ? [{ key: label, value, row, piece: pieces[0]!, place: 'behind' }] : [];
}

/** "Sales tax 20% 41.38": what it is, how much of it, and the sum. */
function ratedPair(row: Row, { text, pieces }: Part): KeyValue[] {
  const { label = '', value = '' } = RATED.exec(text)?.groups ?? {};
  const key = labelOf(label);
  return key === null ? [] : [{ key, value: tidy(value), row, piece: pieces[0]!, place: 'behind' }];
}

/** "Subtotal      12.50", "Discount 5%      -0.63": two phrases alone in a row. */
function levelPair(row: Row, parts: readonly Part[]): KeyValue[] {
  const [first, second] = parts;
  const label = first?.text.replace(RATE, '') ?? '';
  if (parts.length !== 2 || !second || /\d/.test(label) || label.includes(GAP_MARK)) return [];
  const key = labelOf(label);
  if (key === null || !isValue(key, second.text)) return [];
  const isShort = key.split(' ').length <= LEVEL.words && (!/\p{Script=Han}/u.test(key) || key.length <= LEVEL.han);
  const value = tidy(second.text);
  const isPair =
    standardName(key) !== undefined || (isShort && /^\p{P}?(?:\p{Sc}|\p{Lu}{2,3})? ?\p{P}?\d/u.test(value));
  return isPair && value.length <= LEVEL.value ? [{ key, value, row, piece: second.pieces[0]!, place: 'level' }] : [];
}

/** Print that runs on in small letters behind small letters, or behind many words, is a text in which a mark was read as a colon. */
function isRunning(key: string, value: string): boolean {
  return /^\p{Ll}+ \p{Ll}/u.test(value) && (/^\p{Ll}/u.test(key) || key.split(' ').length >= TEXT.label);
}

/** Print of another block that runs on like a text belongs to that, not to a label beside it. */
function isOtherText({ pieces }: Part, next: Part): boolean {
  const words = next.text.split(/\s+/u).length;
  return (
    pieces.at(-1)!.block !== next.pieces[0]!.block && (words > TEXT.words || (words > 2 && /^\p{Ll}/u.test(next.text)))
  );
}

/** Whether print can be the value of a label before or above it: it is no label itself, no header of columns, no instruction. */
function isValue(key: string, text: string): boolean {
  if (splitLabels(text).length > 0 || /[:：]\s*$/u.test(text) || INSTRUCTION.test(text)) return false;
  if (standardName(text) !== undefined || (NUMERIC.test(standardName(key) ?? '') && !/\d/.test(text))) return false;
  const words = text.split(/\s+/u).filter((word) => /\p{L}{2}/u.test(word));
  const isHeader = !/\d/.test(text) && words.length > 1 && HEADER.test(text.trim());
  const names = words.filter((word) => standardName(word) !== undefined).length;
  return !isHeader && !(names > 1 && names * 2 >= words.length);
}
