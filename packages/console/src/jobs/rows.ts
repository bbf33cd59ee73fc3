import type { JobBody, JobListBody } from '@docusnap/contracts';

/**
 * The rows of a list of which more was asked for, when its first page is known anew: what has moved on from the first page stays, what is gone from
 * within it goes.
 */
export function keepRows(kept: readonly JobBody[], { jobs, next_cursor }: JobListBody): readonly JobBody[] {
  const last = jobs.at(-1);
  // Nothing comes after it.
  if (last === undefined || next_cursor === null) return jobs;
  const fresh = new Set(jobs.map(({ id }) => id));
  return [...jobs, ...kept.filter(({ id, created_at }) => !fresh.has(id) && created_at <= last.created_at)];
}

/** The same when a later page has come. */
export function addRows(kept: readonly JobBody[], more: readonly JobBody[]): readonly JobBody[] {
  const known = new Set(kept.map(({ id }) => id));
  return [...kept, ...more.filter(({ id }) => !known.has(id))];
}
