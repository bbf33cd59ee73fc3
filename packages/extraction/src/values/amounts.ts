/** A sum of money as it stands in a text. */
export interface Amount {
  /** Canonical: "1234.50", "-2.37". */
  readonly value: string;
  /** ISO 4217 where a sign or code says so unmistakably; the sign itself where several countries use it. */
  readonly currency: string | null;
  /** Where it stands: positions of UTF-16 units, end exclusive. */
  readonly start: number;
  readonly end: number;
}

/** Signs and codes before or behind a sum, as print and readers of print have them ("RH", "RN" and "R M" are RM of a worn printer). */
const CURRENCIES: ReadonlyMap<string, string> = new Map([
  ['RM', 'MYR'],
  ['RH', 'MYR'],
  ['RN', 'MYR'],
  ['R M', 'MYR'],
  ['MYR', 'MYR'],
  ['USD', 'USD'],
  ['US$', 'USD'],
  ['$', '$'],
  ['EUR', 'EUR'],
  ['€', 'EUR'],
  ['GBP', 'GBP'],
  ['£', 'GBP'],
  ['元', 'CNY'],
  ['CNY', 'CNY'],
  ['RMB', 'CNY'],
  ['¥', '¥'],
  ['￥', '¥'],
  ['HKD', 'HKD'],
  ['HK$', 'HKD'],
  ['JPY', 'JPY'],
  ['CHF', 'CHF'],
  ['SGD', 'SGD'],
  ['S$', 'SGD'],
  ['DH', 'MAD'],
  ['MAD', 'MAD'],
  ['INR', 'INR'],
  ['₹', 'INR'],
]);
const SIGN = [...CURRENCIES.keys()]
  .toSorted((a, b) => b.length - a.length)
  .map((sign) => sign.replace(/[$]/g, '\\$&'))
  .join('|');

/** Chinese has no spaces: a letter of it may stand right before or behind a sum, another letter may not. */
const NO_LETTER = {
  before: String.raw`(?<![\d.,/]|(?=\p{L})\P{Script=Han})`,
  behind: String.raw`(?!(?=\p{L})\P{Script=Han})`,
};
/** Digits, with O read for 0 inside, groups of three by either custom, and two decimals behind a mark that worn print turns into "-", "·" or gives a space. */
const NUMBER = String.raw`\d{1,3}(?:\.\d{3})+,\d{2}|[\dO]{1,3}(?:[,' ][\dO]{3})+(?: ?[.·] ?[\dO]{2})?|[\dO]{1,7}(?: ?[.,·] ?|-)[\dO]{2}`;
const AMOUNT = new RegExp(
  String.raw`${NO_LETTER.before}(?:(?<minus>[-−(])? ?(?:(?<before>${SIGN})\.? ?)?(?<inner>[-−])?)(?<number>${NUMBER})(?![\d%]|[.,/:-]\d)(?: ?(?<behind>${SIGN})${NO_LETTER.behind})?`,
  'gu',
);
/** Continental form: 1.234,50. */
const CONTINENTAL = /^\d{1,3}(?:\.\d{3})+,\d{2}$/;

/** The sums of money in a text, in order: numbers with two decimals, or with groups of three or a currency. */
export function findAmounts(text: string): Amount[] {
  return [...text.matchAll(AMOUNT), ...text.matchAll(WHOLE), ...text.matchAll(WHOLE_BEFORE)]
    .flatMap((match) => amountOf(match) ?? [])
    .toSorted((a, b) => a.start - b.start)
    .filter((amount, at, all) => at === 0 || amount.start >= all[at - 1]!.end);
}

/** A whole number counts only with its currency, before or behind: "RM 45", "$7", "45元". */
const WHOLE = new RegExp(
  String.raw`${NO_LETTER.before}(?<minus>[-−(])?(?<before>${SIGN})\.? ?(?<inner>[-−])?(?<number>\d{1,3}(?:,\d{3})+|\d{1,9})(?![\d%]|[.,/:·-] ?\d)`,
  'gu',
);
const WHOLE_BEFORE = new RegExp(
  String.raw`${NO_LETTER.before}(?<minus>[-−(])?(?<number>\d{1,3}(?:,\d{3})+|\d{1,9}) ?(?<behind>${SIGN})${NO_LETTER.behind}(?! ?\d)`,
  'gu',
);

function amountOf(match: RegExpExecArray): Amount | undefined {
  const { minus, inner, before, behind, number = '' } = match.groups ?? {};
  // A number that is nothing but letters read as zeros is none.
  if (!/\d/.test(number)) return undefined;
  const value = canonical(number);
  const sign = before ?? behind;
  const negative = minus !== undefined || inner !== undefined;
  return {
    value: negative && Number(value) !== 0 ? `-${value}` : value,
    currency: sign === undefined ? null : (CURRENCIES.get(sign) ?? null),
    start: match.index,
    end: match.index + match[0].length,
  };
}

function canonical(raw: string): string {
  const digits = raw.replaceAll('O', '0');
  if (CONTINENTAL.test(digits)) return trimmed(digits.replaceAll('.', '').replace(',', '.'));
  const decimals = /[.,·-]\s?(\d{2})$/.exec(digits.replace(/ ([.,·])/, '$1'));
  const whole = (decimals ? digits.slice(0, digits.length - decimals[0].length) : digits).replace(/\D/g, '');
  return trimmed(decimals ? `${whole}.${decimals[1]}` : whole);
}

function trimmed(number: string): string {
  return number.replace(/^0+(?=\d)/, '');
}

/** Whether two sums are the same amount of money, "41.4" and "41.40" alike. */
export function sameAmount(a: string, b: string): boolean {
  return Math.round(Number(a) * 100) === Math.round(Number(b) * 100);
}
