import { type Database, queryOne } from './connection.ts';
import { readLane, type UnitCounts } from './lanes.ts';

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

/** For metrics. Needs the worker role. */
export async function workCounts(db: Database): Promise<WorkCounts> {
  const [read, understand] = [await readLane(db, 'read'), await readLane(db, 'understand')];
  const pace = await queryOne<Omit<WorkCounts, 'read' | 'understand'>>(
    db,
    // A process that has not read a page yet is taken to be as fast as the others.
    `SELECT count(*)::integer AS services, coalesce(sum(w.readers), 0)::integer AS readers,
       nullif(sum(w.readers), 0) * 1000 * sum(w.readers / w.page_ms)
         / nullif(sum(w.readers) FILTER (WHERE w.page_ms IS NOT NULL), 0) AS "pagesPerSecond"
     FROM workers w WHERE w.seen_at > now() - interval '30 seconds'`,
    [],
  );
  return { read, understand, ...pace };
}
