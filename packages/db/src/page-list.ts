import { AppError, type JobPage, type JobStatus, type PageStatus } from '@docusnap/contracts';
import { type Database, withTenant } from './connection.ts';
import { PAGE_COLUMNS, type PageRow, pageFrom } from './job-rows.ts';

/** A place among the pages of a job: the last page of the part before. */
export interface PageCursor {
  readonly fileIndex: number;
  readonly fileFrame: number;
}

export interface PageFilter {
  readonly status?: PageStatus | undefined;
  /** Most pages in the answer. */
  readonly limit: number;
  readonly after?: PageCursor | undefined;
}

/** A part of a job's pages without their texts, and how many there are in all. */
export interface PageList {
  readonly status: JobStatus;
  readonly pagesTotal: number | null;
  readonly pagesDone: number;
  readonly pagesFailed: number;
  readonly pages: readonly JobPage[];
  /** Null on the last part. */
  readonly next: PageCursor | null;
}

/** Words of the statement, not a value of it: a partial index is found by its own condition only. */
const OF_STATUS: Readonly<Record<PageStatus, string>> = {
  queued: "AND p.status = 'queued'",
  done: "AND p.status = 'done'",
  failed: "AND p.status = 'failed'",
};

/** Pages of a job as they are now, by file and place in it. Throws `job_not_found`. */
export function listPages(db: Database, tenantId: string, jobId: string, filter: PageFilter): Promise<PageList> {
  return withTenant(db, tenantId, async (client) => {
    const { rows: jobs } = await client.query<Counts>(
      'SELECT status, pages_total, pages_done, pages_failed FROM jobs WHERE id = $1',
      [jobId],
    );
    const [job] = jobs;
    if (job === undefined) throw new AppError('job_not_found');
    const ofStatus = filter.status === undefined ? '' : OF_STATUS[filter.status];
    const { rows } = await client.query<PageRow>(
      `SELECT ${PAGE_COLUMNS} FROM pages p WHERE p.job_id = $1 AND (p.file_index, p.frame) > ($2, $3) ${ofStatus}
       ORDER BY p.file_index, p.frame LIMIT $4`,
      [
        jobId,
        filter.after?.fileIndex ?? -1,
        filter.after?.fileFrame ?? -1,
        filter.limit + 1, // One more than asked tells whether there is a next part.
      ],
    );
    const pages = rows.slice(0, filter.limit).map(pageFrom);
    const last = pages.at(-1);
    const more = rows.length > filter.limit && last !== undefined;
    return {
      status: job.status,
      pagesTotal: job.pages_total,
      pagesDone: job.pages_done,
      pagesFailed: job.pages_failed,
      pages,
      next: more ? { fileIndex: last.fileIndex, fileFrame: last.fileFrame } : null,
    };
  });
}

interface Counts {
  readonly status: JobStatus;
  readonly pages_total: number | null;
  readonly pages_done: number;
  readonly pages_failed: number;
}
