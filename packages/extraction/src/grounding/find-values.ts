import { columnText } from '../layout/columns.ts';
import { findAmounts, sameAmount, sameCurrency } from '../values/amounts.ts';
import { findClocks, sameClock } from '../values/clocks.ts';
import { findDates } from '../values/dates.ts';
import { findNumbers } from '../values/numbers.ts';
import type { Span } from './find-letters.ts';
import type { IndexedPage } from './page-index.ts';

/** What a value is, so that it is looked for by what it means and not by its letters. */
export type Meaning =
  | { readonly kind: 'date'; readonly days: readonly string[] }
  | { readonly kind: 'amount'; readonly value: string; readonly currency: string | null }
  | { readonly kind: 'number'; readonly value: number }
  /** A clock as "09:30:00" or "09:30", of one of some days where they are named. */
  | { readonly kind: 'moment'; readonly days: readonly string[] | null; readonly clock: string }
  | { readonly kind: 'text' };

/** As RFC 3339 writes a moment; which zone it is in is rarely printed. */
const MOMENT = /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}(?::\d{2})?)(?:\.\d+)?(?:[Zz]|[+-]\d{2}:?\d{2})?$/;
const CLOCK = /^(\d{2}:\d{2}:\d{2})(?:\.\d+)?(?:[Zz]|[+-]\d{2}:?\d{2})?$/;
/** A number that its letters alone do not tell from others: with decimals or a minus. */
const NUMBER = /^[-−+]?\d+[.,]\d+$|^[-−]\d+$/;

/** A value that is nothing but a date, or a sum with decimals or a currency, or a number, means that. */
export function meaningOf(value: string): Meaning {
  const text = value.trim();
  const [, day, clock = CLOCK.exec(text)?.[1]] = MOMENT.exec(text) ?? [];
  if (clock !== undefined) return { kind: 'moment', days: day === undefined ? null : [day], clock };
  const whole = ({ start, end }: { start: number; end: number }): boolean =>
    text.slice(0, start).trim() === '' && text.slice(end).trim() === '';
  const days = [true, false].flatMap((dayFirst) => findDates(text, { dayFirst }).filter(whole));
  if (days.length > 0) return { kind: 'date', days: [...new Set(days.map((day) => day.value))] };
  const amount = findAmounts(text).find(whole);
  if (amount) return { kind: 'amount', value: amount.value, currency: amount.currency };
  return NUMBER.test(text)
    ? { kind: 'number', value: Number(text.replace('−', '-').replace(',', '.')) }
    : { kind: 'text' };
}

interface Place {
  readonly start: number;
  readonly end: number;
}

/** Where a text names the same day, the same sum of money, or the same number. */
export function placesOf(text: string, meaning: Exclude<Meaning, { kind: 'text' }>): Place[] {
  switch (meaning.kind) {
    case 'amount': {
      const sums = findAmounts(text).filter(
        ({ value, currency }) => sameAmount(value, meaning.value) && sameCurrency(currency, meaning.currency),
      );
      // Without a currency it may be any number: a rate of "6.00%".
      const isSum = sums.length > 0 || meaning.currency !== null;
      return isSum ? sums : placesOf(text, { kind: 'number', value: Number(meaning.value) });
    }
    case 'number':
      return findNumbers(text).filter(({ readings }) => readings.includes(meaning.value));
    case 'date':
      return daysIn(text, meaning.days);
    case 'moment': {
      const clocks = findClocks(text).filter(({ value }) => sameClock(value, meaning.clock));
      if (meaning.days === null || clocks.length === 0) return clocks;
      return daysIn(text, meaning.days).map(({ start, end }) => ({
        start: Math.min(start, clocks[0]!.start),
        end: Math.max(end, clocks[0]!.end),
      }));
    }
  }
}

function daysIn(text: string, days: readonly string[]): Place[] {
  return [true, false].flatMap((dayFirst) => findDates(text, { dayFirst })).filter(({ value }) => days.includes(value));
}

/** Where a page says a meaning. */
export function findMeaning(page: IndexedPage, meaning: Exclude<Meaning, { kind: 'text' }>): Span[] {
  return page.lines.flatMap((line, index) => {
    const spans = placesOf(columnText(line), meaning).flatMap((place) => spanOf(page, index, place) ?? []);
    return spans.filter((span, at) => spans.findIndex((other) => other.first === span.first) === at);
  });
}

function spanOf({ words }: IndexedPage, line: number, { start, end }: Place): Span | undefined {
  const touched = words.flatMap((word, index) =>
    word.line === line && word.start < end && word.end > start ? [index] : [],
  );
  return touched.length === 0 ? undefined : { first: touched[0]!, last: touched.at(-1)!, error: 0 };
}
