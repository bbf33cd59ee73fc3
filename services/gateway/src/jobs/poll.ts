import { hasEnded, type Job } from '@docusnap/contracts';
import type { Response } from 'express';
import type { z } from 'zod';
import type { Ports } from '../ports.ts';
import { jobBody } from '../present.ts';
import { type Call, idOf } from '../route.ts';
import { etagOf, seenVersion } from './etag.ts';
import { clientGone, holdJob, type WaitQuery } from './hold.ts';
import { progressOf } from './progress.ts';

/** Seconds between polls that make sense while a job runs; with `?wait=` there is no need to sleep at all. */
const POLL_SECONDS = 1;

/**
 * `GET /v1/jobs/{id}`. With `If-None-Match` the first change is what is waited for, and 304 says there was none; without it the end.
 */
export async function poll(ports: Ports, call: Call<z.output<typeof WaitQuery>>): Promise<void> {
  const { request, response, query, caller } = call;
  const id = idOf(request, 'job_not_found');
  const seen = seenVersion(request.get('if-none-match'));
  const until = seen === undefined ? { kind: 'end' as const } : { kind: 'change' as const, than: seen };
  const job = await holdJob(ports, caller.tenantId, id, { seconds: query.wait, until, signal: clientGone(response) });
  setJobHeaders(response, job);
  if (seen === job.version) response.status(304).end();
  else response.json(jobBody(job, await progressOf(ports, job)));
}

/** ETag, and for a job that still runs when to ask again. */
export function setJobHeaders(response: Response, job: Job): void {
  response.set('etag', etagOf(job));
  response.set('cache-control', 'private, no-cache');
  if (!hasEnded(job.status)) setRetryAfter(response);
}

export function setRetryAfter(response: Response): void {
  response.set('retry-after', String(POLL_SECONDS));
}
