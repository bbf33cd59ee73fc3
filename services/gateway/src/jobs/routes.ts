import {
  AskBody,
  ErasureBody,
  ExtractionBody,
  JobBody,
  JobListBody,
  JobListQuery,
  PageBody,
  PageListBody,
  PageListQuery,
  ResultBody,
  SplitBody,
  SubmitBody,
  UnderstoodBody,
} from '@docusnap/contracts';
import { z } from 'zod';
import { type BodyDoc, json, keyedRoute, type Route } from '../route.ts';
import { SUBMIT_ERRORS, TERM_PARTS } from '../submit/form.ts';
import { post } from '../submit/post.ts';
import { cancel } from './cancel.ts';
import { erase, erasure } from './erase.ts';
import { streamEvents } from './events.ts';
import { understandAgain, understood } from './extractions.ts';
import { FormatQuery, OTHER_MEDIA_TYPES } from './formats.ts';
import { WaitQuery } from './hold.ts';
import { ImageQuery, image } from './image.ts';
import { list } from './list.ts';
import { page } from './page.ts';
import { pages } from './pages.ts';
import { poll } from './poll.ts';
import { ResultQuery, result } from './result.ts';
import { retry } from './retry.ts';
import { table } from './table.ts';

const Form = z.object({
  file: z.array(z.string().meta({ format: 'binary' })).describe('One file a part; their order is kept.'),
  options: z.string().optional().describe('JSON, as in the JSON form.'),
  metadata: z.string().optional().describe('JSON object, as in the JSON form.'),
  task: AskBody.shape.task.optional(),
  batch: z.string().optional().describe('As in the JSON form, without quotation marks.'),
  ...TERM_PARTS,
});

const inFormats = (description: string, schema: z.ZodType): BodyDoc => ({
  description,
  content: { 'application/json': schema, ...Object.fromEntries(OTHER_MEDIA_TYPES.map((type) => [type, null])) },
});

/** What is done with jobs. */
export const JOB_ROUTES: readonly Route[] = [
  keyedRoute({
    method: 'post',
    path: '/v1/jobs',
    scope: 'write',
    summary: 'Submit files as a job',
    query: WaitQuery,
    body: {
      description: 'Files as multipart parts named "file", streamed; or in base64, or by their https address.',
      content: { 'multipart/form-data': Form, 'application/json': SubmitBody },
    },
    answers: {
      200: inFormats(
        'With wait: the ended job, or its result in the format that Accept names; with options.split all jobs, ended.',
        z.union([JobBody, SplitBody]),
      ),
      202: json(
        'The job is queued (or, with wait, has not ended yet). Location says where to poll it; with options.split there are several.',
        z.union([JobBody, SplitBody]),
      ),
    },
    errors: [...SUBMIT_ERRORS, 'batch_not_found', 'batch_full'],
    once: 'itself',
    handler: post,
  }),
  keyedRoute({
    method: 'get',
    path: '/v1/jobs',
    scope: 'read',
    summary: 'List jobs, the newest first',
    query: JobListQuery,
    answers: { 200: json('A page of jobs; next_cursor is null on the last.', JobListBody) },
    errors: [],
    handler: list,
  }),
  keyedRoute({
    method: 'get',
    path: '/v1/jobs/{id}',
    scope: 'read',
    summary: 'Poll a job; with wait until it ends, or with If-None-Match until it changes',
    query: WaitQuery,
    answers: {
      200: json('The job. Its ETag changes with every visible change; Retry-After while it runs.', JobBody),
      304: 'Not changed since the ETag in If-None-Match.',
    },
    errors: ['job_not_found'],
    handler: poll,
  }),
  keyedRoute({
    method: 'delete',
    path: '/v1/jobs/{id}',
    scope: 'write',
    summary:
      'Erase a job: its files, its texts, its rows and its key; with Prefer: return=representation the answer is the receipt',
    answers: {
      200: json('With Prefer: return=representation: erased, with what there was.', ErasureBody),
      202: json(
        'Nothing of it can be opened any more; its sealed bytes are removed as soon as the storage can be written. Location says where that is told.',
        ErasureBody,
      ),
      204: 'Erased.',
    },
    errors: ['job_not_found'],
    handler: erase,
  }),
  keyedRoute({
    method: 'get',
    path: '/v1/erasures/{id}',
    scope: 'read',
    summary:
      'The receipt of an erased job, by its id: when, why, by which key, what there was, and when the last of it was gone',
    answers: {
      200: json(
        'Counts and times, nothing of what it held. Elsewhere only its id is left: in bells of the queue until they are answered, for a day under the Idempotency-Key it was sent with, and in the logs of what was done and delivered.',
        ErasureBody,
      ),
    },
    errors: ['erasure_not_found'],
    handler: erasure,
  }),
  keyedRoute({
    method: 'post',
    path: '/v1/jobs/{id}/cancel',
    scope: 'write',
    summary: 'Stop a job: what waits is dropped, readers that have a page of it in hand are free at most a page later',
    answers: {
      200: json(
        'The job, cancelled. Pages that were read stay; the others failed with job_cancelled, and a retry reads them after all.',
        JobBody,
      ),
    },
    errors: ['job_not_found', 'job_already_ended'],
    handler: cancel,
  }),
  keyedRoute({
    method: 'post',
    path: '/v1/jobs/{id}/retry',
    scope: 'write',
    summary:
      'Read the failed pages of an ended job again, and open its failed files again; also of one that was cancelled or has expired',
    answers: {
      202: json(
        'The job, running again. Pages that were read stay, with their numbers; those of a file that opens only now come after them.',
        JobBody,
      ),
    },
    errors: [
      'job_not_found',
      'job_still_running',
      'nothing_to_retry',
      'queue_full',
      'tenant_queue_full',
      'larger_than_queue',
    ],
    handler: retry,
  }),
  keyedRoute({
    method: 'post',
    path: '/v1/jobs/{id}/extractions',
    scope: 'write',
    summary: 'Understand the pages of an ended job, without reading them again',
    body: json('What is asked of them; it takes the place of what was asked before.', ExtractionBody),
    answers: { 202: json('The job, being understood.', JobBody) },
    errors: [
      'job_not_found',
      'job_still_running',
      'nothing_to_understand',
      'invalid_options',
      'malformed_json',
      'body_too_large',
      'unsupported_media_type',
    ],
    handler: understandAgain,
  }),
  keyedRoute({
    method: 'get',
    path: '/v1/jobs/{id}/extractions',
    scope: 'read',
    summary: 'What was understood of a job, without its pages',
    answers: { 200: json('As in the result; also while the job runs.', UnderstoodBody) },
    errors: ['job_not_found', 'blob_damaged'],
    handler: understood,
  }),
  keyedRoute({
    method: 'get',
    path: '/v1/jobs/{id}/events',
    scope: 'read',
    summary: 'Server-sent events: job and page, resumable with Last-Event-ID',
    answers: {
      200: { description: 'Events until the job has ended.', content: { 'text/event-stream': null } },
      204: 'Last-Event-ID has seen the end already.',
    },
    errors: ['job_not_found'],
    handler: streamEvents,
  }),
  keyedRoute({
    method: 'get',
    path: '/v1/jobs/{id}/result',
    scope: 'read',
    summary: 'The result of an ended job: JSON, text, Markdown, hOCR, ALTO, TSV or a searchable PDF',
    query: ResultQuery,
    answers: {
      200: inFormats(
        'All pages in order; what failed is marked in every format. An answer cut short was not whole.',
        ResultBody,
      ),
    },
    errors: [
      'job_not_found',
      'result_not_ready',
      'form_not_understood',
      'nothing_filled',
      'not_acceptable',
      'all_pages_failed',
      'file_undecodable',
      'blob_damaged',
      'blob_missing',
      'gateway_busy',
    ],
    handler: result,
  }),
  keyedRoute({
    method: 'get',
    path: '/v1/jobs/{id}/pages',
    scope: 'read',
    summary: 'List the pages of a job without their texts, those of one status if asked, also while it runs',
    query: PageListQuery,
    answers: { 200: json('Pages, file by file; next_cursor is null on the last part.', PageListBody) },
    errors: ['job_not_found'],
    handler: pages,
  }),
  keyedRoute({
    method: 'get',
    path: '/v1/jobs/{id}/pages/{n}',
    scope: 'read',
    summary: 'One page, from 1, in the formats of a result, also while others are still read',
    query: FormatQuery,
    answers: { 200: inFormats('The page with its text.', PageBody) },
    errors: ['job_not_found', 'page_not_found', 'page_not_ready', 'not_acceptable', 'blob_damaged', 'blob_missing'],
    handler: page,
  }),
  keyedRoute({
    method: 'get',
    path: '/v1/jobs/{id}/pages/{n}/image',
    scope: 'read',
    summary: 'A picture of one page for viewers, upright as its text is, in one of two sizes',
    query: ImageQuery,
    answers: {
      200: {
        description:
          'The page, of the same shape as in its text; X-Image-Width and X-Image-Height say how many pixels the picture has.',
        content: { 'image/jpeg': null },
      },
      304: 'The picture that If-None-Match names; it never changes.',
    },
    errors: [
      'job_not_found',
      'page_not_found',
      'page_not_ready',
      'image_not_ready',
      'image_not_made',
      'file_undecodable',
      'blob_damaged',
      'blob_missing',
    ],
    handler: image,
  }),
  keyedRoute({
    method: 'get',
    path: '/v1/jobs/{id}/pages/{n}/tables/{k}.csv',
    scope: 'read',
    summary: 'A table of one page, from 1, as CSV (RFC 4180), also while other pages are still read',
    answers: {
      200: {
        description:
          'Its rows; what spans several places stands in the first of them. Texts are as they were read: a spreadsheet that opens them must take none for a formula.',
        content: { 'text/csv': null },
      },
    },
    errors: [
      'job_not_found',
      'page_not_found',
      'page_not_ready',
      'table_not_found',
      'file_undecodable',
      'blob_damaged',
    ],
    handler: table,
  }),
];
