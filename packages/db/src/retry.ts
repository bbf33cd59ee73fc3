import { AppError, type Job } from '@docusnap/contracts';
import type { Database } from './connection.ts';
import { type JobDocument, jobFrom } from './job-rows.ts';
import { type OnceOptions, queryOnce } from './once.ts';

/**
 * Lets the failed pages of an ended job be read again, and its failed files be opened again; what was read stays as it is. Throws
 * `job_not_found`, `job_still_running` (for the second of two callers at a time, too), `nothing_to_retry` and `idempotency_key_in_use`.
 *
 * @returns the job, running again, and how many units now wait: ring for each
 */
export async function retryJob(
  db: Database,
  tenantId: string,
  jobId: string,
  options: OnceOptions = {},
): Promise<{ job: Job; waiting: number }> {
  const statement = { text: 'SELECT * FROM retry_job($1, $2)', values: [tenantId, jobId] };
  const [row] = await queryOnce<{ job: JobDocument; waiting: number }>(db, statement, options);
  if (row === undefined) throw new AppError('job_not_found');
  return { job: jobFrom(row.job), waiting: row.waiting };
}
