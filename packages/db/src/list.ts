import type { Job, JobStatus } from '@docusnap/contracts';
import { type Database, withTenant } from './connection.ts';
import { type JobDocument, jobFrom } from './job-rows.ts';

/** A place in the list, newest first: the last job of the page before. */
export interface JobCursor {
  readonly createdAt: Date;
  readonly id: string;
}

export interface JobFilter {
  readonly status?: JobStatus | undefined;
  /** Part of the name, without regard to case. */
  readonly name?: string | undefined;
  readonly batchId?: string | undefined;
  /** At this time or later. */
  readonly createdAfter?: Date | undefined;
  /** Before this time. */
  readonly createdBefore?: Date | undefined;
  /** Most jobs in the answer. */
  readonly limit: number;
  readonly after?: JobCursor | undefined;
}

/** One page of a tenant's jobs, newest first; `next` is null on the last. Jobs submitted meanwhile shift nothing. */
export function listJobs(
  db: Database,
  tenantId: string,
  filter: JobFilter,
): Promise<{ jobs: Job[]; next: JobCursor | null }> {
  return withTenant(db, tenantId, async (client) => {
    const { rows } = await client.query<{ job: JobDocument }>(
      `SELECT job_document(j) AS job FROM jobs j
       WHERE j.id = ANY (ARRAY(SELECT list_job_ids($1, $2, $3, $4, $5, $6, $7, $8)))
       ORDER BY j.created_at DESC, j.id DESC`,
      [
        filter.status ?? null,
        filter.name ?? null,
        filter.createdAfter ?? null,
        filter.createdBefore ?? null,
        filter.after?.createdAt ?? null,
        filter.after?.id ?? null,
        filter.limit + 1, // One more than asked tells whether there is a next page.
        filter.batchId ?? null,
      ],
    );
    const jobs = rows.slice(0, filter.limit).map(({ job }) => jobFrom(job));
    const last = jobs.at(-1);
    const more = rows.length > filter.limit && last !== undefined;
    return { jobs, next: more ? { createdAt: last.createdAt, id: last.id } : null };
  });
}
