import {
  CreateKeyBody,
  JobBody,
  JobListBody,
  JobListQuery,
  KeyListBody,
  NewKeyBody,
  PageBody,
  ResultBody,
  SubmitBody,
} from '@docusnap/contracts';
import { z } from 'zod';
import { erase } from './jobs/erase.ts';
import { streamEvents } from './jobs/events.ts';
import { FormatQuery, OTHER_MEDIA_TYPES } from './jobs/formats.ts';
import { WaitQuery } from './jobs/hold.ts';
import { list } from './jobs/list.ts';
import { page } from './jobs/page.ts';
import { poll } from './jobs/poll.ts';
import { result } from './jobs/result.ts';
import { create, listAll, revoke } from './keys/handlers.ts';
import { type BodyDoc, keyedRoute, type Route } from './route.ts';
import { post } from './submit/post.ts';

const json = (description: string, schema: z.ZodType): BodyDoc => ({
  description,
  content: { 'application/json': schema },
});

const Form = z.object({
  file: z.array(z.string().meta({ format: 'binary' })).describe('One image a part; their order is kept.'),
  options: z.string().optional().describe('JSON, as in the JSON form.'),
  metadata: z.string().optional().describe('JSON object, as in the JSON form.'),
});

const inFormats = (description: string, schema: z.ZodType): BodyDoc => ({
  description,
  content: { 'application/json': schema, ...Object.fromEntries(OTHER_MEDIA_TYPES.map((type) => [type, null])) },
});

/** Every call that needs a key. What is public (health, this table's document) is in public-routes.ts. */
export const KEYED_ROUTES: readonly Route[] = [
  keyedRoute({
    method: 'post',
    path: '/v1/jobs',
    scope: 'write',
    summary: 'Submit one or more images as a job',
    query: WaitQuery,
    body: {
      description: 'Files as multipart parts named "file", streamed; or in base64.',
      content: { 'multipart/form-data': Form, 'application/json': SubmitBody },
    },
    answers: {
      200: {
        description: 'With wait: the ended job, or its text.',
        content: { 'application/json': JobBody, 'text/plain': null },
      },
      202: json('The job is queued (or, with wait, has not ended yet). Location says where to poll it.', JobBody),
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
    path: '/v1/jobs/{id}/pages/{n}',
    scope: 'read',
    summary: 'One page, from 1, in the formats of a result, also while others are still read',
    query: FormatQuery,
    answers: { 200: inFormats('The page with its text.', PageBody) },
    errors: ['job_not_found', 'page_not_found', 'page_not_ready', 'not_acceptable', 'blob_damaged', 'blob_missing'],
    handler: page,
  }),
  keyedRoute({
    method: 'post',
    path: '/v1/keys',
    scope: 'admin',
    summary: 'Make an API key; the answer is the only time it is shown',
    body: json('What the key may do.', CreateKeyBody),
    answers: { 201: json('The key.', NewKeyBody) },
    errors: ['malformed_json', 'body_too_large', 'unsupported_media_type'],
    handler: create,
  }),
  keyedRoute({
    method: 'get',
    path: '/v1/keys',
    scope: 'admin',
    summary: 'List the API keys of the tenant',
    answers: { 200: json('All keys, the revoked ones too.', KeyListBody) },
    errors: [],
    handler: listAll,
  }),
  keyedRoute({
    method: 'delete',
    path: '/v1/keys/{id}',
    scope: 'admin',
    summary: 'Revoke an API key',
    answers: { 204: 'Revoked.' },
    errors: ['key_not_found'],
    handler: revoke,
  }),
];
