import { DocuSnapError } from '../errors.ts';
import type { Job } from '../generated/api.ts';

const ENDED: ReadonlySet<Job['status']> = new Set(['completed', 'partial', 'failed', 'cancelled', 'expired']);

/** Whether a job will not change any more, unless it is retried. */
export function hasEnded({ status }: Pick<Job, 'status'>): boolean {
  return ENDED.has(status);
}

/** Throws the reason of a job of which nothing was read. */
export function orThrow(job: Job): Job {
  if (job.status === 'completed' || job.status === 'partial') return job;
  const error = job.error ?? job.files.find((file) => file.error !== null)?.error;
  throw new DocuSnapError({
    code: error?.code ?? (job.status === 'cancelled' ? 'job_cancelled' : 'all_pages_failed'),
    message: error?.message ?? `The job ended as ${job.status}.`,
    retryable: error?.retryable ?? false,
    job,
  });
}
