import { type Database, queryOne } from './connection.ts';

export interface UnitCounts {
  readonly waiting: number;
  readonly held: number;
  /** Since the job of the oldest waiting unit was submitted; 0 when none waits. */
  readonly oldestWaitingSeconds: number;
}

/** For metrics; reads all of the live work, so not for every request. */
export async function unitCounts(db: Database): Promise<UnitCounts> {
  const row = await queryOne<{ waiting: string; held: string; oldest: number }>(
    db,
    `SELECT count(*) FILTER (WHERE leased_until IS NULL) AS waiting, count(leased_until) AS held,
       coalesce(extract(epoch FROM now() - min(queued_at) FILTER (WHERE leased_until IS NULL)), 0)::float8 AS oldest
     FROM units`,
    [],
  );
  return { waiting: Number(row.waiting), held: Number(row.held), oldestWaitingSeconds: row.oldest };
}
