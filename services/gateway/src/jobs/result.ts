import { jobContext, openBytes, pageContext, unwrapDataKey } from '@docusnap/blobs';
import { AppError, type Caller, ERRORS, hasEnded, type Job, type JobPage, type PageText } from '@docusnap/contracts';
import { jobKey, pollJob, streamPages } from '@docusnap/db';
import type { Request, Response } from 'express';
import { z } from 'zod';
import type { Ports } from '../ports.ts';
import { jobBody, pageBody } from '../present.ts';
import { type Call, idOf } from '../route.ts';
import { send } from './send.ts';
import { jobText } from './text.ts';

export const ResultQuery = z.strictObject({
  format: z.enum(['json', 'text']).optional().describe('Goes before the Accept header; json when neither says.'),
});

/** A page of an ended job with its text opened. */
export interface ReadPage {
  readonly page: JobPage;
  /** Null when the page failed. */
  readonly text: PageText | null;
}

/** `GET /v1/jobs/{id}/result`. Throws `result_not_ready`, `not_acceptable`, and for text the job's own error when no page was read. */
export async function result(ports: Ports, call: Call<z.output<typeof ResultQuery>>): Promise<void> {
  const id = idOf(call.request, 'job_not_found');
  const format = call.query.format ?? acceptedFormat(call.request);
  const job = await pollJob(ports.db, call.caller.tenantId, id);
  if (!hasEnded(job.status)) throw new AppError('result_not_ready');
  if (format === 'text') await sendText(ports, call.caller, call.response, job);
  else await sendJson(ports, call.caller, call.response, job);
}

/** The text of an ended job as text/plain. Throws the job's own error when no page was read: a failure never looks like an empty page. */
export async function sendText(ports: Ports, caller: Caller, response: Response, job: Job): Promise<void> {
  if (job.pagesDone === 0) throw jobError(job);
  await send(response, 'text/plain; charset=utf-8', jobText(job, readPages(ports, caller, job)));
}

async function sendJson(ports: Ports, caller: Caller, response: Response, job: Job): Promise<void> {
  await send(response, 'application/json; charset=utf-8', resultJson(job, readPages(ports, caller, job)));
}

async function* resultJson(job: Job, pages: AsyncIterable<ReadPage>): AsyncGenerator<string> {
  let before = `{"job":${JSON.stringify(jobBody(job))},"pages":[`;
  for await (const { page, text } of pages) {
    yield before + JSON.stringify(pageBody(page, text));
    before = ',';
  }
  yield before === ',' ? ']}' : `${before}]}`;
}

/** All pages in order, opened one after another, so that one page's text is in memory at a time. */
async function* readPages(ports: Ports, caller: Caller, job: Job): AsyncGenerator<ReadPage> {
  const dataKey = unwrapDataKey(ports.masterKeys, await jobKey(ports.db, caller.tenantId, job.id), jobContext(job.id));
  for await (const { page, sealed } of streamPages(ports.db, caller.tenantId, job.id)) {
    yield { page, text: sealed && (await openPage(dataKey, job.id, page, sealed)) };
  }
}

/** Throws `blob_damaged`. */
export async function openPage(dataKey: Buffer, jobId: string, page: JobPage, sealed: Uint8Array): Promise<PageText> {
  const bytes = await openBytes(dataKey, pageContext(jobId, page.fileIndex, page.fileFrame), sealed);
  // Not validated again: it was when it was written, and the seal says that it is the same.
  return JSON.parse(bytes.toString('utf8'));
}

function acceptedFormat(request: Request): 'json' | 'text' {
  const accepted = request.accepts(['application/json', 'text/plain']);
  if (!accepted) throw new AppError('not_acceptable', 'There are application/json and text/plain.');
  return accepted === 'text/plain' ? 'text' : 'json';
}

function jobError(job: Job): AppError {
  const { code, message } = job.error ?? new AppError('all_pages_failed').toFailure();
  // A stored message is the table's own words and, after them, what the case was about.
  return new AppError(code, message.slice(ERRORS[code].message.length).trim());
}
