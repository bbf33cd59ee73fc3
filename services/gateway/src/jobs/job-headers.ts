import { hasEnded, type Job } from '@docusnap/contracts';
import type { Response } from 'express';
import { etagOf } from './etag.ts';

/** Seconds between polls that make sense while a job runs; with `?wait=` there is no need to sleep at all. */
const POLL_SECONDS = 1;

/** ETag, and for a job that still runs when to ask again. */
export function setJobHeaders(response: Response, job: Job): void {
  response.setHeader('etag', etagOf(job));
  response.setHeader('cache-control', 'private, no-cache');
  if (!hasEnded(job.status)) setRetryAfter(response);
}

export function setRetryAfter(response: Response): void {
  response.setHeader('retry-after', String(POLL_SECONDS));
}
