import { findAmounts, sameAmount } from '../values/amounts.ts';
import { findDates } from '../values/dates.ts';
import type { Span } from './find-letters.ts';
import type { IndexedPage } from './page-index.ts';

/** What a value is, so that it is looked for by what it means and not by its letters. */
export type Meaning =
  | { readonly kind: 'date'; readonly days: readonly string[] }
  | { readonly kind: 'amount'; readonly value: string }
  | { readonly kind: 'text' };

/** A value that is nothing but a date, or a sum with decimals or a currency, means that. */
export function meaningOf(value: string): Meaning {
  const text = value.trim();
  const whole = ({ start, end }: { start: number; end: number }): boolean =>
    text.slice(0, start).trim() === '' && text.slice(end).trim() === '';
  const days = [true, false].flatMap((dayFirst) => findDates(text, { dayFirst }).filter(whole));
  if (days.length > 0) return { kind: 'date', days: [...new Set(days.map((day) => day.value))] };
  const amount = findAmounts(text).find(whole);
  return amount ? { kind: 'amount', value: amount.value } : { kind: 'text' };
}

/** Where a page names the same day, or the same sum of money. */
export function findMeaning(page: IndexedPage, meaning: Exclude<Meaning, { kind: 'text' }>): Span[] {
  return page.lines.flatMap((line, index) => {
    const places =
      meaning.kind === 'amount'
        ? findAmounts(line.text).filter(({ value }) => sameAmount(value, meaning.value))
        : [true, false]
            .flatMap((dayFirst) => findDates(line.text, { dayFirst }))
            .filter(({ value }) => meaning.days.includes(value));
    const spans = places.flatMap((place) => spanOf(page, index, place) ?? []);
    return spans.filter((span, at) => spans.findIndex((other) => other.first === span.first) === at);
  });
}

function spanOf(
  { words }: IndexedPage,
  line: number,
  { start, end }: { start: number; end: number },
): Span | undefined {
  const touched = words.flatMap((word, index) =>
    word.line === line && word.start < end && word.end > start ? [index] : [],
  );
  return touched.length === 0 ? undefined : { first: touched[0]!, last: touched.at(-1)!, error: 0 };
}
