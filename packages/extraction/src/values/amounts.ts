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
/** Spaces that group digits; a tab stands for a gap between columns (see `columnText`), which parts a quantity from its price. */
const GROUP_SPACE = String.raw`[ \u00a0\u202f]`;
const SPACE = String.raw`[ \t\u00a0\u202f]?`;
/** Two decimals behind a mark that worn print turns into "·" or gives a space. */
const DECIMALS = String.raw` ?[.·] ?[\dO]{2}`;
const ANY_DECIMALS = String.raw` ?[.,·] ?[\dO]{2}`;
/** Groups of a number, of which no sum has more: columns of numbers would be looked through from each of them on. */
const TIMES = '{1,4}';
/**
 * Digits, with O read for 0 inside: groups of three by the customs of the continent, of English, of Switzerland and France, those of India (a lakh is
 * 1,00,000), or none.
 */
const NUMBER = [
  String.raw`\d{1,3}(?:\.\d{3})${TIMES},\d{2}`,
  String.raw`[\dO]{1,3}(?:,[\dO]{3})${TIMES}(?:${DECIMALS})?`,
  String.raw`[\dO]{1,3}(?:['’][\dO]{3})${TIMES}(?:${ANY_DECIMALS})?`,
  String.raw`[\dO]{1,3}(?:${GROUP_SPACE}[\dO]{3})${TIMES}${ANY_DECIMALS}`,
  String.raw`\d{1,2}(?:,\d{2})${TIMES},\d{3}(?:\.\d{2})?`,
  String.raw`[\dO]{1,7}${ANY_DECIMALS}`,
].join('|');
/** A whole number, in groups or with a worn point ("14-10"), is a sum only beside a currency. */
const WHOLE_NUMBER = String.raw`\d{1,3}(?:,\d{3})${TIMES}|\d{1,3}(?:\.\d{3})${TIMES}|\d{1,3}(?:['’]\d{3})${TIMES}|\d{1,7}-\d{2}|\d{1,9}`;
const SPACED_NUMBER = String.raw`\d{1,3}(?:${GROUP_SPACE}\d{3})${TIMES}`;
/** A minus touches its number or the currency before it; a dash between words, or between the ends of a range, is none. Brackets that close mean the same. */
const BEGIN = String.raw`${NO_LETTER.before}(?<open>\()?(?:(?<=^|[\s(:=：]|\p{Script=Han})(?<minus>[-−]))?`;
const END = String.raw`(?<trailing>[-−](?=\s|$))?(?<close>\))?`;
const BEFORE = String.raw`(?<before>${SIGN})\.?${SPACE}(?<inner>[-−])?`;
const BEHIND = `${SPACE}(?<behind>${SIGN})${NO_LETTER.behind}`;

const AMOUNT = new RegExp(
  String.raw`${BEGIN}(?:${BEFORE})?(?<number>${NUMBER})(?![\d%]|[.,/:-]\d)(?:${BEHIND})?${END}`,
  'gu',
);
/** With its currency before it or behind: "RM 45", "$7", "45元", "1.234 EUR"; but "$7 250 ml" are two numbers. */
const WHOLE = new RegExp(
  String.raw`${BEGIN}${BEFORE}(?<number>${SPACED_NUMBER}(?! ?[\d\p{L}])|${WHOLE_NUMBER})(?![\d%]|[.,/:·-] ?\d)${END}`,
  'gu',
);
const WHOLE_BEFORE = new RegExp(
  String.raw`${BEGIN}(?<number>${SPACED_NUMBER}|${WHOLE_NUMBER})${BEHIND}(?! ?\d)${END}`,
  'gu',
);

/** The sums of money in a text, in order: numbers with two decimals, or with groups of three or a currency. */
export function findAmounts(text: string): Amount[] {
  return [...text.matchAll(AMOUNT), ...text.matchAll(WHOLE), ...text.matchAll(WHOLE_BEFORE)]
    .flatMap((match) => amountOf(match) ?? [])
    .toSorted((a, b) => a.start - b.start || b.end - a.end)
    .filter((amount, at, all) => at === 0 || amount.start >= all[at - 1]!.end);
}

function amountOf(match: RegExpExecArray): Amount | undefined {
  const { open, close, minus, inner, trailing, before, behind, number = '' } = match.groups ?? {};
  // A number that is nothing but letters read as zeros is none, and "10-15" beside a currency is a range.
  if (!/\d/.test(number) || isRange(number)) return undefined;
  const value = canonical(number);
  const sign = before ?? behind;
  const isEnclosed = open !== undefined && close !== undefined;
  const negative = isEnclosed || minus !== undefined || inner !== undefined || trailing !== undefined;
  return {
    value: negative && Number(value) !== 0 ? `-${value}` : value,
    currency: sign === undefined ? null : (CURRENCIES.get(sign) ?? null),
    start: match.index + (open === undefined || isEnclosed ? 0 : open.length),
    end: match.index + match[0].length - (close === undefined || isEnclosed ? 0 : close.length),
  };
}

function isRange(number: string): boolean {
  const [from, to] = number.split('-');
  return to !== undefined && Number(from) < Number(to);
}

function canonical(raw: string): string {
  const digits = raw.replaceAll('O', '0');
  const decimals = /[.,·-]\s?(\d{2})$/.exec(digits);
  const whole = (decimals ? digits.slice(0, decimals.index) : digits).replace(/\D/g, '');
  return `${whole.replace(/^0+(?=\d)/, '')}${decimals ? `.${decimals[1]}` : ''}`;
}

/** Whether two sums are the same amount of money, "41.4" and "41.40" alike. */
export function sameAmount(a: string, b: string): boolean {
  return Math.round(Number(a) * 100) === Math.round(Number(b) * 100);
}

/** Signs that several countries' money has, and whose. */
const SHARED_SIGNS: Readonly<Record<string, readonly string[]>> = {
  $: ['USD', 'HKD', 'SGD'],
  '¥': ['CNY', 'JPY'],
};

/** Whether two currencies may be one, as far as they are named. */
export function sameCurrency(a: string | null, b: string | null): boolean {
  const mayBe = (sign: string, code: string): boolean => SHARED_SIGNS[sign]?.includes(code) ?? false;
  if (a === null || b === null) return true;
  return a === b || mayBe(a, b) || mayBe(b, a);
}
