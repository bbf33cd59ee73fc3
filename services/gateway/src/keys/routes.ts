import { CreateKeyBody, KeyListBody, NewKeyBody } from '@docusnap/contracts';
import { json, keyedRoute, type Route } from '../route.ts';
import { create, listAll, revoke } from './handlers.ts';

/** What is done with API keys. */
export const KEY_ROUTES: readonly Route[] = [
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
