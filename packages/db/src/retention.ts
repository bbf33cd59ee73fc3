import { type Database, query, queryOne } from './connection.ts';

/** From now on jobs that end are kept for so long, unless they or their tenant say otherwise. Needs the worker role. */
export async function keepJobsFor(db: Database, { seconds }: { seconds: number }): Promise<void> {
  await query(db, ...keepJobsStatement({ seconds }));
}

export function keepJobsStatement({ seconds }: { seconds: number }): [text: string, values: number[]] {
  return ["UPDATE keeps SET keep_seconds = $1 WHERE name = 'jobs' AND keep_seconds <> $1", [seconds]];
}

/**
 * Erases the rows and keys of jobs whose time is up, those first that are longest past it, in one short transaction; their blobs are left to
 * `takeErasures`. Any number of processes may be at it. Needs the worker role.
 *
 * @param most.pages no further job is taken once those taken have as many, since it is pages that take time
 * @returns how many; fewer than `most.jobs` does not mean that there are no more
 */
export async function expireJobs(db: Database, most: { jobs: number; pages: number }): Promise<number> {
  const { erased } = await queryOne<{ erased: number }>(db, 'SELECT expire_jobs($1, $2) AS erased', [
    most.jobs,
    most.pages,
  ]);
  return erased;
}

/** Gives jobs an expiry that ended before there was such a thing. Gives how many it saw to. Needs the worker role. */
export async function fillExpiries(db: Database, { most }: { most: number }): Promise<number> {
  const { filled } = await queryOne<{ filled: number }>(db, 'SELECT fill_expiries($1) AS filled', [most]);
  return filled;
}

/** Of these ids those that no job has. Needs the worker role. */
export async function withoutJob(db: Database, ids: readonly string[]): Promise<string[]> {
  const rows = await query<{ id: string }>(
    db,
    'SELECT wanted.id FROM unnest($1::uuid[]) AS wanted (id) WHERE NOT EXISTS (SELECT 1 FROM jobs j WHERE j.id = wanted.id)',
    [ids],
  );
  return rows.map(({ id }) => id);
}

/** True for one process in so many seconds: whoever asks first then. Needs the worker role. */
export async function takeTurn(
  db: Database,
  name: string,
  { everySeconds }: { everySeconds: number },
): Promise<boolean> {
  const { taken } = await queryOne<{ taken: boolean }>(db, 'SELECT take_turn($1, $2) AS taken', [name, everySeconds]);
  return taken;
}
