import type { Row } from '../layout/rows.ts';
import { findDates } from '../values/dates.ts';
import type { Finding } from './finding.ts';
import { says } from './labels.ts';

const LABELS = [
  'date',
  'dated',
  'bizdate',
  'invoice date',
  'date of issue',
  'issued',
  'fecha',
  'datum',
  '日期',
  '开票日期',
];
/** Dates of something else. */
const OTHERS = [
  'expiry',
  'expires',
  'valid',
  'due date',
  'birth',
  'dob',
  'printed',
  'closed',
  'since',
  'delivery date',
  'effective',
];
const CLOCK = /(?<!\d)\d{1,2} ?[:.] ?\d{2}(?: ?[:.] ?\d{2})?(?!\d)/;
const POINTS = { label: 3, above: 2, other: -3, clock: 1.5, fixed: 0.25 } as const;
/** How much less a date counts at the end of the document than at its beginning. */
const LATER = 1;
/** Where the month comes first: the United States, by their money, their name, or a state with its ZIP code. */
const STATES =
  'A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|RI|S[CD]|T[NX]|UT|V[AT]|W[AIVY]';
const MONTH_FIRST = new RegExp(String.raw`\bUSD\b|\bU\.?S\.?A\b|\b(?:${STATES}),? \d{5}(?:-\d{4})?(?!\d)`);

/** The day a document was issued, of all dates in its rows; the best first. */
export function findIssueDates(rows: readonly Row[]): Finding[] {
  const dayFirst = !writesMonthFirst(rows);
  return rows
    .flatMap((row, at) =>
      findDates(row.text, { dayFirst }).map((date) => {
        const before = row.text.slice(0, date.start);
        const rest = row.text.slice(date.end);
        const points =
          (says(before, LABELS) ? POINTS.label : says(rows[at - 1]?.text ?? '', LABELS) ? POINTS.above : 0) +
          (says(before, OTHERS) ? POINTS.other : 0) +
          (CLOCK.test(rest) || CLOCK.test(before) ? POINTS.clock : 0) +
          (date.order === 'fixed' ? POINTS.fixed : 0) -
          (LATER * at) / rows.length;
        return { text: row.text.slice(date.start, date.end), normalized: date.value, row, points };
      }),
    )
    .toSorted((a, b) => b.points - a.points);
}

/** A date that can only be read one way tells how the others are meant; else the country does. */
export function writesMonthFirst(rows: readonly Row[]): boolean {
  for (const { text } of rows) {
    const { first, second } = NUMERIC.exec(text)?.groups ?? {};
    if (!first || !second) continue;
    const [a, b] = [Number(first), Number(second)];
    if (a > MONTHS && a <= DAYS && b <= MONTHS) return false;
    if (b > MONTHS && b <= DAYS && a <= MONTHS) return true;
  }
  return rows.some(({ text }) => MONTH_FIRST.test(text));
}

const NUMERIC = /(?<![\d.,/-])(?<first>\d{1,2})(?<mark>[-/.])(?<second>\d{1,2})\k<mark>(?:\d{4}|\d{2})(?!\d)/;
const MONTHS = 12;
const DAYS = 31;
