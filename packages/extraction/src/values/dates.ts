/** A date as it stands in a text. */
export interface FoundDate {
  /** YYYY-MM-DD. */
  readonly value: string;
  /** How its day and month were told apart: `fixed` where the form leaves no choice, else `guessed`. */
  readonly order: 'fixed' | 'guessed';
  readonly start: number;
  readonly end: number;
}

export interface DateOptions {
  /** Where a date could be read both ways: 3/4/2018 is the third of April with it, the fourth of March without. */
  readonly dayFirst: boolean;
}

/** Names of the months, from January, in English, German, French and Spanish, whole and short. */
const MONTHS = [
  'jan(?:uary|uar|vier)?|jänner|enero',
  'feb(?:ruary|ruar)?|fév(?:rier)?|febrero',
  'mar(?:ch|s|zo)?|märz',
  'apr(?:il)?|avr(?:il)?|abril',
  'mayo?|mai',
  'june?|juni|juin|junio',
  'july?|juli|juil(?:let)?|julio',
  'aug(?:ust)?|août|agosto',
  'sept?(?:ember|embre|iembre)?',
  'oct(?:ober|obre|ubre)?|okt(?:ober)?',
  'nov(?:ember|embre|iembre)?',
  'dec(?:ember)?|dez(?:ember)?|déc(?:embre)?|dic(?:iembre)?',
] as const;
const MONTH_NAMES = MONTHS.map((names) => new RegExp(`^(?:${names})$`, 'iu'));
const MONTH = `(?<name>${MONTHS.join('|')})`;
/** Years that documents speak of; two digits are of this century up to 49. */
const YEARS = { from: 1900, to: 2099, century: 50 } as const;

const FORMS: readonly RegExp[] = [
  // 2018-03-25, 2018/3/25, 2018.03.25, 2018年3月25日
  /(?<!\d)(?<year>(?:19|20)\d{2}) ?[-/.年] ?(?<month>\d{1,2}) ?[-/.月] ?(?<day>\d{1,2})(?: ?日)?(?!\d)/giu,
  // 25 March 2018, 02/JAN/2017, 25th of March, 2018, 15JUN18, 25. Dezember 2018, 25 de marzo de 2018
  new RegExp(
    String.raw`(?<![\d\p{L}])(?<day>\d{1,2})(?:st|nd|rd|th|er)?(?: of| de)? ?[-/., ]? ?${MONTH}\.?(?: de)? ?[-/.,' ]? ?(?<year>(?:19|20)\d{2}|\d{2})(?!\d)`,
    'giu',
  ),
  // March 25, 2018
  new RegExp(
    String.raw`(?<!\p{L})${MONTH}\.? ?(?<day>\d{1,2})(?:st|nd|rd|th)?(?: ?, ?| )(?<year>(?:19|20)\d{2})(?!\d)`,
    'giu',
  ),
  // 25/03/2018, 25-3-18, 25.03.2018: which of the first two is the day is open where both are at most 12
  /(?<![\d/.-])(?<first>\d{1,2}) ?(?<mark>[-/.]) ?(?<second>\d{1,2}) ?\k<mark> ?(?<year>(?:19|20)\d{2}|\d{2})(?![\d]?[/.-]?\d)/giu,
  // The same with its clock printed close behind, "17/01/20184 2153": the reader saw no space.
  /(?<![\d/.-])(?<first>\d{1,2})(?<mark>[-/])(?<second>\d{1,2})\k<mark>(?<year>20\d{2})(?=\d)/giu,
  // 25032018, with a clock behind it: eight digits alone are rarely a date
  /(?<!\d)(?<day>\d{2})(?<month>\d{2})(?<year>20\d{2})(?= +\d{1,2}:\d{2})/giu,
];

/** The dates in a text, in order. What is no day of the calendar is no date. */
export function findDates(text: string, { dayFirst }: DateOptions): FoundDate[] {
  return FORMS.flatMap((form) => [...text.matchAll(form)])
    .flatMap((match) => dateOf(match, dayFirst) ?? [])
    .toSorted((a, b) => a.start - b.start || b.end - a.end)
    .filter((date, at, all) => !all.slice(0, at).some((before) => before.end > date.start));
}

function dateOf(match: RegExpExecArray, dayFirst: boolean): FoundDate | undefined {
  const { year = '', name, day, month, first, second } = match.groups ?? {};
  const place = { start: match.index, end: match.index + match[0].length };
  const fullYear = year.length === 2 ? Number(year) + (Number(year) < YEARS.century ? 2000 : 1900) : Number(year);
  if (first === undefined || second === undefined) {
    const number = name === undefined ? Number(month) : MONTH_NAMES.findIndex((names) => names.test(name)) + 1;
    const value = calendarDay(fullYear, number, Number(day));
    return value === undefined ? undefined : { value, order: 'fixed', ...place };
  }
  const [a, b] = [Number(first), Number(second)];
  const asDayFirst = calendarDay(fullYear, b, a);
  const asMonthFirst = calendarDay(fullYear, a, b);
  const value = (dayFirst ? asDayFirst : asMonthFirst) ?? asDayFirst ?? asMonthFirst;
  if (value === undefined) return undefined;
  const open = asDayFirst !== undefined && asMonthFirst !== undefined && a !== b;
  return { value, order: open ? 'guessed' : 'fixed', ...place };
}

function calendarDay(year: number, month: number, day: number): string | undefined {
  if (year < YEARS.from || year > YEARS.to) return undefined;
  const date = new Date(Date.UTC(year, month - 1, day));
  const isReal = date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return isReal ? date.toISOString().slice(0, 10) : undefined;
}
