import { type Database, query, queryOne } from './connection.ts';
import type { WorkerAbout } from './progress.ts';

/** Units that are counted in one lane: what is more is far too much either way. */
const MOST_COUNTED = 100_000;
/** A worker that has said nothing for so long is none. */
const SEEN_SECONDS = 30;

export interface LaneState {
  readonly waiting: number;
  readonly inHand: number;
  readonly oldestWaitingSeconds: number;
}

/** How the installation stands, over all tenants. */
export interface SystemState {
  readonly read: LaneState;
  readonly understand: LaneState;
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

interface CountRow {
  readonly waiting: string;
  readonly in_hand: string;
  readonly oldest: number;
}

/** Bounded queries only: so many units at most, today's usage, and one row a tenant. Needs the worker role. */
export async function readSystem(db: Database): Promise<SystemState> {
  const read = await queryOne<CountRow>(
    db,
    // The oldest of each tenant is the first of its priority; ages are of all, so the whole of the index would be read: as far as counted.
    `SELECT count(*) AS waiting, (SELECT count(*) FROM units WHERE leased_until IS NOT NULL) AS in_hand,
       coalesce(extract(epoch FROM now() - min(queued_at)), 0)::float8 AS oldest
     FROM (SELECT queued_at FROM units WHERE leased_until IS NULL LIMIT $1) counted`,
    [MOST_COUNTED],
  );
  const understand = await queryOne<CountRow>(
    db,
    `SELECT count(*) AS waiting, (SELECT count(*) FROM understandings WHERE leased_until IS NOT NULL) AS in_hand,
       coalesce(extract(epoch FROM now() - min(queued_at)), 0)::float8 AS oldest
     FROM (SELECT queued_at FROM understandings WHERE status = 'queued' AND leased_until IS NULL LIMIT $1) counted`,
    [MOST_COUNTED],
  );
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
    read: laneFrom(read),
    understand: laneFrom(understand),
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

function laneFrom({ waiting, in_hand, oldest }: CountRow): LaneState {
  return { waiting: Number(waiting), inHand: Number(in_hand), oldestWaitingSeconds: oldest };
}
