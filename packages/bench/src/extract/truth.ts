import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { UsageError } from '../usage.ts';

const Truth = z.object({
  keys: z.object({ company: z.string(), date: z.string(), total: z.string() }).partial().default({}),
  lines: z.array(z.object({ text: z.string(), polygon: z.array(z.tuple([z.number(), z.number()])).min(3) })),
});
export type Truth = z.infer<typeof Truth>;

/** What is known of a page: its fields, where they are known, and its lines with their places. Null where no file lies. @throws UsageError for a file of another shape */
export function readTruth(file: string): Truth | null {
  if (!existsSync(file)) return null;
  const parsed = Truth.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  if (!parsed.success)
    throw new UsageError(`Expected ${file} to hold {"keys":{"company","date","total"},"lines":[...]}`);
  return parsed.data;
}

/** The fields that are scored, in the form in which they are compared; null where the text has none. */
export const SCORED = {
  /** A day, however it is written: YYYY-MM-DD. */
  date: (text: string) => dayOf(text),
  /** Money without its currency, in hundredths. */
  total: (text: string) => {
    const number = Number(text.replace(/[^\d.-]/g, ''));
    return text.trim() === '' || Number.isNaN(number) ? null : String(Math.round(number * 100));
  },
  /** Letters and digits. */
  company: (text: string) =>
    text
      .normalize('NFKC')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]/gu, '') || null,
} as const satisfies Record<string, (text: string) => string | null>;
export type ScoredField = keyof typeof SCORED;

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** This parser is the bench's own, so that one mistake is not made twice. Of two ways to read a day and a month, the day comes first. */
function dayOf(text: string): string | null {
  const compact = /^\s*(\d{2})(\d{2})(\d{4})\s*$/.exec(text);
  const iso = /(\d{4})-(\d{1,2})-(\d{1,2})/.exec(text);
  const numeric = /(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})(?!\d)/.exec(text);
  const named = /(\d{1,2})[-/. ]*([A-Za-z]{3})[A-Za-z]*[-/. ,]*(\d{4}|\d{2})/.exec(text);
  if (iso) return pad(iso[1]!, iso[2]!, iso[3]!);
  if (compact) return pad(compact[3]!, compact[2]!, compact[1]!);
  if (named && MONTHS.includes(named[2]!.toLowerCase())) {
    return pad(named[3]!, String(MONTHS.indexOf(named[2]!.toLowerCase()) + 1), named[1]!);
  }
  return numeric ? pad(numeric[3]!, numeric[2]!, numeric[1]!) : null;
}

function pad(year: string, month: string, day: string): string {
  return `${year.length === 2 ? `20${year}` : year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
}
