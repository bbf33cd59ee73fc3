import { type Database, query, queryOne } from './connection.ts';
import { readLane, type UnitCounts } from './lanes.ts';
import type { WorkerAbout } from './progress.ts';

/** A worker that has said nothing for so long is none. */
const SEEN_SECONDS = 30;

/** How the installation stands, over all tenants. */
export interface SystemState {
  readonly read: UnitCounts;
  readonly understand: UnitCounts;
  readonly workers: readonly {
    readonly name: string;
    readonly readers: number;
    readonly pageMs: number | null;
    readonly seenAt: Date;
    readonly about: WorkerAbout;
  }[];
  readonly today: {
    readonly jobs: number;
    readonly jobsFailed: number;
    readonly pages: number;
    readonly pagesFailed: number;
  };
  readonly tenants: { readonly all: number; readonly suspended: number; readonly erasing: number };
  readonly schema: string;
  readonly databaseBytes: number;
  readonly postgresql: string;
}

/** Bounded queries only: the lanes, today's usage, and one row a tenant. Needs the worker role. */
export async function readSystem(db: Database): Promise<SystemState> {
  const [read, understand] = [await readLane(db, 'read'), await readLane(db, 'understand')];
  const workers = await query<{
    holder: string;
    readers: number;
    page_ms: number | null;
    seen_at: Date;
    about: WorkerAbout;
  }>(
    db,
    `SELECT holder, readers, page_ms, seen_at, about FROM workers WHERE seen_at > now() - make_interval(secs => $1) ORDER BY holder LIMIT 1000`,
    [SEEN_SECONDS],
  );
  const today = await queryOne<Record<'jobs' | 'jobs_failed' | 'pages' | 'pages_failed', string>>(
    db,
    `SELECT coalesce(sum(jobs), 0) AS jobs, coalesce(sum(jobs_failed), 0) AS jobs_failed, coalesce(sum(pages), 0) AS pages,
       coalesce(sum(pages_failed), 0) AS pages_failed
     FROM (
       SELECT jobs, jobs_failed, pages, pages_failed FROM usage_days WHERE day = (now() AT TIME ZONE 'UTC')::date
       UNION ALL
       SELECT jobs, jobs_failed, pages, pages_failed FROM usage_entries WHERE day = (now() AT TIME ZONE 'UTC')::date) u`,
    [],
  );
  const tenants = await queryOne<Record<'all' | 'suspended' | 'erasing', string>>(
    db,
    'SELECT count(*) AS all, count(suspended_at) AS suspended, count(erasing_at) AS erasing FROM tenants',
    [],
  );
  const { bytes, ...versions } = await queryOne<{ schema: string; postgresql: string; bytes: string }>(
    db,
    "SELECT last_migration() AS schema, current_setting('server_version') AS postgresql, pg_database_size(current_database()) AS bytes",
    [],
  );
  return {
    read,
    understand,
    workers: workers.map(({ holder, readers, page_ms, seen_at, about }) => ({
      name: holder,
      readers,
      pageMs: page_ms,
      seenAt: seen_at,
      about,
    })),
    today: {
      jobs: Number(today.jobs),
      jobsFailed: Number(today.jobs_failed),
      pages: Number(today.pages),
      pagesFailed: Number(today.pages_failed),
    },
    tenants: { all: Number(tenants.all), suspended: Number(tenants.suspended), erasing: Number(tenants.erasing) },
    databaseBytes: Number(bytes),
    ...versions,
  };
}
