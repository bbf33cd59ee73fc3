import { type Database, query } from './connection.ts';

/** What a tenant used today, by UTC, and what of it waits. */
export interface TenantLoad {
  /** Null: all others together. */
  readonly tenantId: string | null;
  /** Files to open and pages to read, those in hand too, as the last sweep counted them. */
  readonly units: number;
  readonly jobs: number;
  readonly jobsFailed: number;
  readonly pages: number;
  readonly pagesFailed: number;
  readonly tokens: number;
}

/**
 * The tenants of which most waits, and those that had most pages read today, so many of each; and what all others have together. For metrics, where
 * each tenant that is named costs. Needs the worker role.
 */
export async function busiestTenants(db: Database, most: number): Promise<TenantLoad[]> {
  const rows = await query<Record<string, string | null>>(
    db,
    `WITH used AS (
       SELECT tenant_id, sum(jobs) AS jobs, sum(jobs_failed) AS jobs_failed, sum(pages) AS pages, sum(pages_failed) AS pages_failed,
         sum(prompt_tokens + completion_tokens) AS tokens
       FROM (
         SELECT tenant_id, jobs, jobs_failed, pages, pages_failed, prompt_tokens, completion_tokens FROM usage_days
         WHERE day = (now() AT TIME ZONE 'UTC')::date
         UNION ALL
         SELECT tenant_id, jobs, jobs_failed, pages, pages_failed, prompt_tokens, completion_tokens FROM usage_entries
         WHERE day = (now() AT TIME ZONE 'UTC')::date) today
       GROUP BY tenant_id
     ), waiting AS (
       SELECT tenant_id, sum(units) AS units FROM backlog_counts GROUP BY tenant_id HAVING sum(units) > 0
     ), loads AS (
       SELECT tenant_id, coalesce(w.units, 0) AS units, coalesce(u.jobs, 0) AS jobs, coalesce(u.jobs_failed, 0) AS jobs_failed,
         coalesce(u.pages, 0) AS pages, coalesce(u.pages_failed, 0) AS pages_failed, coalesce(u.tokens, 0) AS tokens
       FROM used u FULL JOIN waiting w USING (tenant_id)
     ), ranked AS (
       SELECT *, row_number() OVER (ORDER BY units DESC, tenant_id) AS by_units, row_number() OVER (ORDER BY pages DESC, tenant_id) AS by_pages
       FROM loads
     )
     SELECT CASE WHEN (by_units <= $1 AND units > 0) OR by_pages <= $1 THEN tenant_id END AS tenant, sum(units) AS units, sum(jobs) AS jobs,
       sum(jobs_failed) AS jobs_failed, sum(pages) AS pages, sum(pages_failed) AS pages_failed, sum(tokens) AS tokens
     FROM ranked GROUP BY 1 ORDER BY 1`,
    [most],
  );
  return rows.map((row) => ({
    tenantId: row.tenant ?? null,
    units: Number(row.units),
    jobs: Number(row.jobs),
    jobsFailed: Number(row.jobs_failed),
    pages: Number(row.pages),
    pagesFailed: Number(row.pages_failed),
    tokens: Number(row.tokens),
  }));
}
