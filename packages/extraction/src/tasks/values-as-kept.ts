import { findAmounts } from '../values/amounts.ts';
import { type FoundDate, findDates } from '../values/dates.ts';

/** A value as it is kept, beside the print that proves it. */
export interface KeptValue {
  /** A day as "Jan 01, 2025", a sum as "1234.50"; anything else as printed. */
  readonly value: string;
  /** A day as YYYY-MM-DD, a sum as "1234.50"; null where the value has no other form. */
  readonly normalized: string | null;
  /** The part of the print that says it. */
  readonly proof: string;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;
/** Standard names whose value is a day, and those whose value is a sum. */
const DAYS = /^(?:(?:\p{L}+ )*Date|Date of .*|Valid (?:From|Until))$/u;
const SUMS = /^(?:Total|Subtotal|Tax|Discount|Amount|Cash|Change|Rounding|Unit Price|Price)$/u;
/** What may stand beside a day: a weekday, a clock. */
const BESIDE_A_DAY =
  /^[\s,.;()]*(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?[\s,.]*)?(?:\d{1,2}[:.]\d{2}(?:[:.]\d{2})?\s*(?:[ap]\.?m\.?)?)?[\s,.;()]*$/iu;

/** "2025-01-01" as "Jan 01, 2025". */
export function writtenDay(day: string): string {
  const [year, month, date] = day.split('-');
  return `${MONTHS[Number(month) - 1]} ${date}, ${year}`;
}

/** The day that a value is, as YYYY-MM-DD; undefined where it is anything else. */
export function dayOf(value: string, { dayFirst }: { readonly dayFirst: boolean }): string | undefined {
  return findDates(value, { dayFirst }).find((date) => isWhole(value, date))?.value;
}

/** A printed value as it is kept under a name: days and sums in one form where the name asks for them, or the value is nothing else. */
export function keptValue(name: string, print: string, options: { readonly dayFirst: boolean }): KeptValue {
  const dates = findDates(print, options);
  const date = DAYS.test(name) ? dates[0] : dates.find((found) => isWhole(print, found));
  if (date) return { value: writtenDay(date.value), normalized: date.value, proof: print.slice(date.start, date.end) };
  const amounts = findAmounts(print);
  const [amount] = amounts;
  if (amount && amounts.length === 1 && SUMS.test(name)) {
    return { value: amount.value, normalized: amount.value, proof: print.slice(amount.start, amount.end).trim() };
  }
  return { value: print, normalized: null, proof: print };
}

function isWhole(text: string, { start, end }: FoundDate): boolean {
  return BESIDE_A_DAY.test(text.slice(0, start)) && BESIDE_A_DAY.test(text.slice(end));
}
