/** A number as it stands in a text. */
export interface FoundNumber {
  /** What it may mean: "1,234" is 1234 or 1.234. */
  readonly readings: readonly number[];
  readonly start: number;
  readonly end: number;
}

export type DecimalMark = '.' | ',';

const MINUS = String.raw`(?:(?<=^|[\s(:=：])[-−])?`;
const GROUPED = new RegExp(
  String.raw`(?<![\d.,])${MINUS}\d{1,3}(?:[ \u00a0\u202f'’]\d{3})+(?:[.,]\d+)?(?![\d]|[.,]\d)`,
  'gu',
);
const PLAIN = new RegExp(String.raw`(?<![\d.,])${MINUS}\d+(?:[.,]\d+)*(?!\d)`, 'gu');

/** The numbers in a text, each in all ways that it can be read. */
export function findNumbers(text: string): FoundNumber[] {
  return [GROUPED, PLAIN]
    .flatMap((form) => [...text.matchAll(form)])
    .map((match) => ({
      readings: readingsOf(match[0]),
      start: match.index,
      end: match.index + match[0].length,
    }));
}

function readingsOf(print: string): number[] {
  const sign = /^[-−]/.test(print) ? -1 : 1;
  const digits = print.replace(/[^\d.,]/g, '');
  const isGrouped = /^\d{1,3}(?:([.,])\d{3})(?:\1\d{3})*$/.test(digits);
  const marks: readonly string[] = digits.match(/[.,]/g) ?? [];
  const last = marks.at(-1);
  const isDecimal = last !== undefined && marks.indexOf(last) === marks.length - 1;
  return [
    ...(isGrouped || marks.length === 0 ? [digits.replace(/[.,]/g, '')] : []),
    ...(isDecimal ? [digits.replace(/[.,](?=.*[.,])/g, '').replace(',', '.')] : []),
  ].map((number) => sign * Number(number));
}

/** The only number of a text, where nothing but its unit follows ("12 pcs"): a mark that both customs have is decimal or not by the document's. */
export function leadingNumber(text: string, decimal: DecimalMark): number | undefined {
  const found = findNumbers(text)[0];
  if (found === undefined || /\p{L}/u.test(text.slice(0, found.start)) || OTHER.test(text.slice(found.end)))
    return undefined;
  const [whole, fraction = whole] = found.readings;
  return text.slice(found.start, found.end).includes(decimal) ? fraction : whole;
}

/** Another number, but not one of a unit, as "m2" has; or what makes both a span, a day or a clock. */
const OTHER = /(?<!\p{L})\d|^[-/:]/u;

/** The mark before the decimals in most numbers of some texts that leave no choice. */
export function decimalMarkOf(texts: readonly string[]): DecimalMark {
  const count = (mark: DecimalMark): number =>
    texts.reduce((sum, text) => sum + (text.match(mark === ',' ? COMMA_DECIMALS : POINT_DECIMALS)?.length ?? 0), 0);
  return count(',') > count('.') ? ',' : '.';
}

const COMMA_DECIMALS = /(?<![\d,])\d+(?:\.\d{3})*,\d{1,2}(?![\d.,])/g;
const POINT_DECIMALS = /(?<![\d.])\d+(?:,\d{3})*\.\d{1,2}(?![\d.,])/g;
