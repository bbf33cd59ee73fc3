import { ChangeKeyBody, CreateKeyBody, KeyBody, KeyListBody, NewKeyBody } from '@docusnap/contracts';
import { json, keyedRoute, type Route } from '../route.ts';
import { change, create, listAll, revoke } from './handlers.ts';

const BODY_ERRORS = ['malformed_json', 'body_too_large', 'unsupported_media_type'] as const;

/** What is done with API keys. */
export const KEY_ROUTES: readonly Route[] = [
  keyedRoute({
    method: 'post',
    path: '/v1/keys',
    scope: 'admin',
    summary: 'Make an API key; the answer is the only time it is shown',
    body: json('What the key may do, for how long, and how much.', CreateKeyBody),
    answers: { 201: json('The key.', NewKeyBody) },
    errors: [...BODY_ERRORS],
    once: 'secret',
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
    method: 'patch',
    path: '/v1/keys/{id}',
    scope: 'admin',
    summary: 'Change the name, the expiry or the limits of an API key',
    body: json('What is to change.', ChangeKeyBody),
    answers: { 200: json('The key as it is now.', KeyBody) },
    errors: ['key_not_found', ...BODY_ERRORS],
    handler: change,
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
