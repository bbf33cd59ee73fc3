import type { JobBody, JobListBody } from '@docusnap/contracts';
import { expect, test } from '@jest/globals';
import { addRows, keepRows } from './rows.ts';

/** Jobs by the minute in which they came. */
const jobs = (...minutes: number[]): JobBody[] =>
  minutes.map((minute) => ({ id: `job-${minute}`, created_at: `2026-01-01T00:0${minute}:00.000Z` }) as JobBody);
const first = (cursor: string | null, ...minutes: number[]): JobListBody => ({
  jobs: jobs(...minutes),
  next_cursor: cursor,
});

test('rows that newer jobs push from the first page stay below it', () => {
  const shown = addRows(jobs(5, 4, 3), jobs(3, 2, 1));
  expect(shown).toEqual(jobs(5, 4, 3, 2, 1));
  expect(keepRows(shown, first('next', 7, 6, 5))).toEqual(jobs(7, 6, 5, 4, 3, 2, 1));
});

test('rows that are gone from within the first page go, and with the only page all others', () => {
  expect(keepRows(jobs(5, 4, 3, 2), first('next', 5, 3))).toEqual(jobs(5, 3, 2));
  expect(keepRows(jobs(5, 4, 3, 2), first(null, 5, 4))).toEqual(jobs(5, 4));
  expect(keepRows(jobs(5, 4), first(null))).toEqual([]);
});
