import { type Database, queryOne } from './connection.ts';

/** What is to be done in one lane. */
export interface UnitCounts {
  readonly waiting: number;
  readonly held: number;
  /** Since the job of the oldest waiting unit was submitted; 0 when none waits. */
  readonly oldestWaitingSeconds: number;
}

export interface WorkCounts {
  /** Files to open and pages to read. */
  readonly read: UnitCounts;
  /** Jobs to understand. */
  readonly understand: UnitCounts;
  /** Processes that read, and the readers they have, as they said themselves within the last half minute. */
  readonly services: number;
  readonly readers: number;
  /** What all of them together can read; null where nobody has said how long a page takes. */
  readonly pagesPerSecond: number | null;
}

/** For metrics; reads all of the live work, so not for every request. Needs the worker role. */
export async function workCounts(db: Database): Promise<WorkCounts> {
  const row = await queryOne<{ read: CountRow; understand: CountRow; pace: Omit<WorkCounts, 'read' | 'understand'> }>(
    db,
    // A process that has not read a page yet is taken to be as fast as the others.
    `SELECT
       (SELECT json_build_object('waiting', count(*), 'oldest', extract(epoch FROM now() - min(queued_at)),
          'held', (SELECT count(*) FROM units WHERE leased_until IS NOT NULL))
        FROM units WHERE leased_until IS NULL) AS read,
       (SELECT json_build_object('waiting', count(*), 'oldest', extract(epoch FROM now() - min(queued_at)),
          'held', (SELECT count(*) FROM understandings WHERE leased_until IS NOT NULL))
        FROM understandings WHERE status = 'queued' AND leased_until IS NULL) AS understand,
       (SELECT json_build_object('services', count(*), 'readers', coalesce(sum(w.readers), 0), 'pagesPerSecond',
          nullif(sum(w.readers), 0) * 1000 * sum(w.readers / w.page_ms)
            / nullif(sum(w.readers) FILTER (WHERE w.page_ms IS NOT NULL), 0))
        FROM workers w WHERE w.seen_at > now() - interval '30 seconds') AS pace`,
    [],
  );
  return { read: countsFrom(row.read), understand: countsFrom(row.understand), ...row.pace };
}

interface CountRow {
  readonly waiting: number;
  readonly held: number;
  readonly oldest: number | null;
}

function countsFrom({ waiting, held, oldest }: CountRow): UnitCounts {
  return { waiting, held, oldestWaitingSeconds: oldest ?? 0 };
}
