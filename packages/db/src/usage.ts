import { type Database, query, queryOne } from './connection.ts';

/** What was used on a day, by a key, or both; null for what it is not grouped by. */
export interface Usage {
  /** YYYY-MM-DD, by UTC. */
  readonly day: string | null;
  /** Null also for jobs that came without a key. */
  readonly keyId: string | null;
  readonly jobs: number;
  readonly jobsFailed: number;
  readonly files: number;
  readonly bytes: number;
  readonly pages: number;
  readonly pagesFailed: number;
  /** Among the pages. */
  readonly pagesCached: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
}

export interface UsageSpan {
  /** YYYY-MM-DD, the first day. */
  readonly from: string;
  /** YYYY-MM-DD, the day after the last one. */
  readonly to: string;
  readonly byDay: boolean;
  readonly byKey: boolean;
}

/** Usage of a tenant, of its jobs that have ended or were erased. */
export async function readUsage(
  db: Database,
  tenantId: string,
  { from, to, byDay, byKey }: UsageSpan,
): Promise<Usage[]> {
  const rows = await query<Record<string, string | null>>(
    db,
    // The day as text: a Date would be midnight of this process's time zone. Counts are bigints, which pg gives as text.
    'SELECT u.*, u.day::text AS day FROM read_usage($1, $2, $3, $4, $5) u',
    [tenantId, from, to, byDay, byKey],
  );
  return rows.map((row) => ({
    day: row.day ?? null,
    keyId: row.key_id ?? null,
    jobs: Number(row.jobs),
    jobsFailed: Number(row.jobs_failed),
    files: Number(row.files),
    bytes: Number(row.bytes),
    pages: Number(row.pages),
    pagesFailed: Number(row.pages_failed),
    pagesCached: Number(row.pages_cached),
    promptTokens: Number(row.prompt_tokens),
    completionTokens: Number(row.completion_tokens),
  }));
}

/** Ended jobs whose usage one transaction adds up. */
const MOST_ENTRIES = 10_000;

/** Adds up by day what jobs used that have ended; how many there were. Needs the worker role; any number of processes may. */
export async function rollUpUsage(db: Database): Promise<number> {
  const { entries } = await queryOne<{ entries: number }>(db, 'SELECT roll_up_usage($1) AS entries', [MOST_ENTRIES]);
  return entries;
}

/** Budgets of days that are over are of no use. Needs the worker role. */
export async function dropOldBudgets(db: Database): Promise<void> {
  await query(db, "DELETE FROM page_budgets WHERE day < (now() AT TIME ZONE 'UTC')::date", []);
}
