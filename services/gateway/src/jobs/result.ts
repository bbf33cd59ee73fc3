import {
  AppError,
  type Caller,
  hasEnded,
  Id,
  type Job,
  type ResultFormat,
  type Understanding,
} from '@docusnap/contracts';
import { pollJob } from '@docusnap/db';
import { type Filling, leavesOf, type ReadPage } from '@docusnap/formats';
import { create as createDisposition } from 'content-disposition';
import type { Response } from 'express';
import type { z } from 'zod';
import type { Ports } from '../ports.ts';
import { jobBody, pageBody } from '../present.ts';
import { type Call, idOf } from '../route.ts';
import { understandingOf } from './extractions.ts';
import { fillingOf } from './filled.ts';
import { contentTypeOf, FormatQuery, formatOf, WRITERS } from './formats.ts';
import { clientGone } from './hold.ts';
import { jobPdf } from './pdf.ts';
import { jobDataKey, readPages } from './read-pages.ts';
import { send } from './send.ts';
import { asError } from './stored-failure.ts';

export const ResultQuery = FormatQuery.extend({
  filled: Id.optional().describe(
    'With format=pdf, of a job with the task form: the job with the task fill whose values are written into its blanks.',
  ),
});

/** `GET /v1/jobs/{id}/result`. Throws what fillingOf does, `result_not_ready`, `not_acceptable`, and but for JSON the job's own error when no page was read. */
export async function result(ports: Ports, call: Call<z.output<typeof ResultQuery>>): Promise<void> {
  const id = idOf(call.request, 'job_not_found');
  const format = formatOf(call.request, call.query);
  call.response.vary('accept');
  const job = await pollJob(ports.db, call.caller.tenantId, id);
  if (!hasEnded(job.status)) throw new AppError('result_not_ready');
  const { filled } = call.query;
  if (filled !== undefined && format !== 'pdf') throw new AppError('bad_request', 'filled: only with format=pdf.');
  const filling = filled === undefined ? undefined : await fillingOf(ports, call.caller, job, filled);
  await sendResult(ports, call.caller, call.response, job, { format, filling });
}

/**
 * The pages of an ended job in a format. In all but JSON it throws the job's own error when no page was read: a failure never looks like an
 * empty page.
 */
export async function sendResult(
  ports: Ports,
  caller: Caller,
  response: Response,
  job: Job,
  { format, filling }: { readonly format: ResultFormat; readonly filling?: Filling | undefined },
): Promise<void> {
  const pages = readPages(ports, caller, job);
  // Of a job that has ended both are numbers: what was left out shows in every format.
  response.set({ 'x-pages-total': String(job.pagesTotal ?? 0), 'x-pages-read': String(job.pagesDone) });
  if (format === 'json') {
    await send(response, contentTypeOf(format), resultJson(job, pages, await understandingOf(ports, caller, job)));
    return;
  }
  if (job.files.length === 0)
    throw new AppError('not_acceptable', 'The job has no pages: its result is there as JSON.');
  if (job.pagesDone === 0) throw asError(job.error ?? new AppError('all_pages_failed').toFailure());
  const leaves = leavesOf(job, pages);
  if (format === 'pdf') {
    const signal = clientGone(response);
    const parts = jobPdf(ports, { job, dataKey: await jobDataKey(ports, caller, job), leaves, filling }, { signal });
    const name = `${job.name.replace(/\.[^.]*$/, '')}${filling ? '-filled' : ''}.pdf`;
    response.set('content-disposition', createDisposition(name, { type: 'inline' }));
    await send(response, contentTypeOf(format), parts);
  } else {
    await send(response, contentTypeOf(format), WRITERS[format](job.name, leaves));
  }
}

async function* resultJson(
  job: Job,
  pages: AsyncIterable<ReadPage>,
  extraction: Understanding | null,
): AsyncGenerator<string> {
  let before = `{"job":${JSON.stringify(jobBody(job))},"pages":[`;
  for await (const { page, text } of pages) {
    yield before + JSON.stringify(pageBody(page, text));
    before = ',';
  }
  yield `${before === ',' ? '' : before}],"extraction":${JSON.stringify(extraction)}}`;
}
