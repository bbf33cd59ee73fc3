import {
  AskBody,
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
} from '@docusnap/contracts';
import { z } from 'zod';
import { type BodyDoc, json, keyedRoute, type Route } from '../route.ts';
import { post } from '../submit/post.ts';
import { erase } from './erase.ts';
import { streamEvents } from './events.ts';
import { understandAgain } from './extractions.ts';
import { FormatQuery, OTHER_MEDIA_TYPES } from './formats.ts';
import { WaitQuery } from './hold.ts';
import { ImageQuery, image } from './image.ts';
import { list } from './list.ts';
import { page } from './page.ts';
import { pages } from './pages.ts';
import { poll } from './poll.ts';
import { result } from './result.ts';
import { retry } from './retry.ts';
import { table } from './table.ts';

const Form = z.object({
  file: z.array(z.string().meta({ format: 'binary' })).describe('One image a part; their order is kept.'),
  options: z.string().optional().describe('JSON, as in the JSON form.'),
  metadata: z.string().optional().describe('JSON object, as in the JSON form.'),
  task: AskBody.shape.task.optional(),
  ...Object.fromEntries(
    (['schema', 'labels', 'form', 'library'] as const).map((name) => [
      name,
      z.string().optional().describe('JSON, as in the JSON form.'),
    ]),
  ),
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
    summary: 'Submit one or more images as a job',
    query: WaitQuery,
    body: {
      description: 'Files as multipart parts named "file", streamed; or in base64, or by their https address.',
      content: { 'multipart/form-data': Form, 'application/json': SubmitBody },
    },
    answers: {
      200: {
        description: 'With wait: the ended job, or its text; with options.split all jobs, ended.',
        content: { 'application/json': z.union([JobBody, SplitBody]), 'text/plain': null },
      },
      202: json(
        'The job is queued (or, with wait, has not ended yet). Location says where to poll it; with options.split there are several.',
        z.union([JobBody, SplitBody]),
      ),
    },
    errors: [
      'malformed_json',
      'malformed_multipart',
      'invalid_options',
      'metadata_too_large',
      'no_files',
      'too_many_files',
      'body_too_large',
      'file_too_large',
      'job_too_large',
      'unsupported_media_type',
      'file_empty',
      'file_type_unsupported',
      'too_many_pixels',
      'url_refused',
      'url_unreachable',
      'url_timeout',
      'url_without_file',
      'url_input_off',
      'storage_unavailable',
    ],
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
    summary: 'Erase a job: its files, its texts and its rows',
    answers: { 204: 'Erased.' },
    errors: ['job_not_found', 'storage_unavailable'],
    handler: erase,
  }),
  keyedRoute({
    method: 'post',
    path: '/v1/jobs/{id}/retry',
    scope: 'write',
    summary: 'Read the failed pages of an ended job again, and open its failed files again',
    answers: {
      202: json(
        'The job, running again. Pages that were read stay, with their numbers; those of a file that opens only now come after them.',
        JobBody,
      ),
    },
    errors: ['job_not_found', 'job_still_running', 'nothing_to_retry'],
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
    query: FormatQuery,
    answers: {
      200: inFormats(
        'All pages in order; what failed is marked in every format. An answer cut short was not whole.',
        ResultBody,
      ),
    },
    errors: [
      'job_not_found',
      'result_not_ready',
      'not_acceptable',
      'all_pages_failed',
      'file_undecodable',
      'blob_damaged',
      'blob_missing',
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
