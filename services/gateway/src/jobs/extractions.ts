import { jobContext, openBytes, understandingContext, unwrapDataKey } from '@docusnap/blobs';
import {
  AppError,
  type Caller,
  ExtractionBody,
  type Job,
  LIMITS,
  type Understanding,
  type UnderstoodBody,
} from '@docusnap/contracts';
import { jobKey, pollJob, readUnderstanding, understandJob } from '@docusnap/db';
import { readJson } from '../json-body.ts';
import { doneToJob } from '../once/once.ts';
import type { Ports } from '../ports.ts';
import { jobBody } from '../present.ts';
import { ringBells } from '../ring.ts';
import { type Call, idOf } from '../route.ts';
import { parseDeep, readAsk, sealAsk } from '../submit/ask.ts';
import { setJobHeaders } from './job-headers.ts';

/**
 * `POST /v1/jobs/{id}/extractions`: 202 with the job, whose pages are understood once more, without being read again; what was understood
 * before is gone. Throws `job_not_found`, `job_still_running`, `nothing_to_understand`, and what reading the body throws.
 */
export async function understandAgain(ports: Ports, { request, response, caller, once }: Call<object>): Promise<void> {
  const id = idOf(request, 'job_not_found');
  if (!request.is('application/json')) throw new AppError('unsupported_media_type', 'Send application/json.');
  const { options = {}, ...fields } = parseDeep(ExtractionBody, await readJson(request, response, LIMITS.askBytes));
  const ask = readAsk(fields, options);
  if (!ask) throw new AppError('bad_request');
  const dataKey = unwrapDataKey(ports.masterKeys, await jobKey(ports.db, caller.tenantId, id), jobContext(id));
  const done = doneToJob(once, { id, status: 202 });
  const job = await understandJob(ports.db, caller.tenantId, id, sealAsk(ask, { id, dataKey }), { once: done });
  ringBells(ports, 'understand', 1, { jobId: id });
  response.location(`/v1/jobs/${id}`);
  setJobHeaders(response, job);
  response.status(202).json(jobBody(job));
}

/** `GET /v1/jobs/{id}/extractions`: what was understood, without the pages. Throws `job_not_found`, `blob_damaged`. */
export async function understood(ports: Ports, { request, response, caller }: Call<object>): Promise<void> {
  const job = await pollJob(ports.db, caller.tenantId, idOf(request, 'job_not_found'));
  const { task, extraction } = jobBody(job);
  const { status, error } = extraction ?? { status: null, error: null };
  const body: UnderstoodBody = { task, status, error, extraction: await understandingOf(ports, caller, job) };
  response.set('cache-control', 'private, no-cache');
  response.json(body);
}

/** What was understood of a job; null where nothing was asked, or it failed. Throws `blob_damaged`. */
export async function understandingOf(ports: Ports, caller: Caller, job: Job): Promise<Understanding | null> {
  if (job.understanding?.status !== 'done') return null;
  const stored = await readUnderstanding(ports.db, caller.tenantId, job.id);
  if (!stored?.sealed) return null;
  const dataKey = unwrapDataKey(ports.masterKeys, stored.key, jobContext(job.id));
  // Not validated again: it was made by this service, and the seal says that it is the same.
  return JSON.parse((await openBytes(dataKey, understandingContext(job.id), stored.sealed)).toString('utf8'));
}
