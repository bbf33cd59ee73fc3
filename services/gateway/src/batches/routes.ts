import { AskBody, BatchBody, BatchListBody, BatchListQuery, CreateBatchBody, NewBatchBody } from '@docusnap/contracts';
import { z } from 'zod';
import { WaitQuery } from '../jobs/hold.ts';
import { json, keyedRoute, type Route } from '../route.ts';
import { SUBMIT_ERRORS, TERM_PARTS } from '../submit/form.ts';
import { cancel, create, erase, list, poll } from './handlers.ts';

const Form = z.object({
  file: z
    .array(z.string().meta({ format: 'binary' }))
    .optional()
    .describe('One document a part.'),
  name: z.string().optional().describe('As JSON: in quotation marks.'),
  options: z.string().optional().describe('JSON, as in the JSON form.'),
  metadata: z.string().optional().describe('JSON object, as in the JSON form.'),
  task: AskBody.shape.task.optional(),
  ...TERM_PARTS,
});

/** What is done with batches. */
export const BATCH_ROUTES: readonly Route[] = [
  keyedRoute({
    method: 'post',
    path: '/v1/batches',
    scope: 'write',
    summary:
      'Make a batch of up to 1,000 documents, each a job; or an empty one, to be given them by the field batch of POST /v1/jobs',
    body: {
      description: 'Documents as in POST /v1/jobs, all or none of them; or none yet: {}.',
      content: { 'multipart/form-data': Form, 'application/json': CreateBatchBody },
    },
    answers: { 202: json('The batch, and the ids of the jobs made of its files, in their order.', NewBatchBody) },
    errors: SUBMIT_ERRORS,
    once: 'itself',
    handler: create,
  }),
  keyedRoute({
    method: 'get',
    path: '/v1/batches',
    scope: 'read',
    summary: 'List batches, the newest first',
    query: BatchListQuery,
    answers: { 200: json('A page of batches; next_cursor is null on the last.', BatchListBody) },
    errors: [],
    handler: list,
  }),
  keyedRoute({
    method: 'get',
    path: '/v1/batches/{id}',
    scope: 'read',
    summary: 'How far a batch is; with wait once all documents that it has been given have ended',
    query: WaitQuery,
    answers: { 200: json('The batch. Its jobs: GET /v1/jobs?batch=.', BatchBody) },
    errors: ['batch_not_found'],
    handler: poll,
  }),
  keyedRoute({
    method: 'post',
    path: '/v1/batches/{id}/cancel',
    scope: 'write',
    summary: 'Cancel every job of a batch that runs',
    answers: { 200: json('The batch. It can be given more documents.', BatchBody) },
    errors: ['batch_not_found'],
    handler: cancel,
  }),
  keyedRoute({
    method: 'delete',
    path: '/v1/batches/{id}',
    scope: 'write',
    summary: 'Erase a batch and its jobs: their files, their texts and their rows',
    answers: { 204: 'Erased.' },
    errors: ['batch_not_found', 'storage_unavailable'],
    handler: erase,
  }),
];
