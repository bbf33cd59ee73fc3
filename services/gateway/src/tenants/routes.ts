import { ChangeTenantBody, CreateTenantBody, NewTenantBody, TenantBody, TenantListBody } from '@docusnap/contracts';
import { json, keyedRoute, type Route } from '../route.ts';
import { change, create, erase, get, list, TenantListQuery } from './handlers.ts';

const BODY_ERRORS = ['malformed_json', 'body_too_large', 'unsupported_media_type'] as const;

/** What operators do with tenants. */
export const TENANT_ROUTES: readonly Route[] = [
  keyedRoute({
    method: 'post',
    path: '/v1/tenants',
    scope: 'operator',
    summary: 'Make a tenant and its first key; the answer is the only time the key is shown',
    body: json('Its name and limits.', CreateTenantBody),
    answers: { 201: json('The tenant and its key, which may read, write and make further keys.', NewTenantBody) },
    errors: [...BODY_ERRORS],
    once: 'secret',
    handler: create,
  }),
  keyedRoute({
    method: 'get',
    path: '/v1/tenants',
    scope: 'operator',
    summary: 'List the tenants',
    query: TenantListQuery,
    answers: { 200: json('Newest first; next_cursor is null on the last part.', TenantListBody) },
    errors: [],
    handler: list,
  }),
  keyedRoute({
    method: 'get',
    path: '/v1/tenants/{id}',
    scope: 'operator',
    summary: 'A tenant',
    answers: { 200: json('The tenant.', TenantBody) },
    errors: ['tenant_not_found'],
    handler: get,
  }),
  keyedRoute({
    method: 'patch',
    path: '/v1/tenants/{id}',
    scope: 'operator',
    summary: 'Change the name or the limits of a tenant, suspend it or let it in again',
    body: json('What is to change.', ChangeTenantBody),
    answers: { 200: json('The tenant as it is now.', TenantBody) },
    errors: ['tenant_not_found', ...BODY_ERRORS],
    handler: change,
  }),
  keyedRoute({
    method: 'delete',
    path: '/v1/tenants/{id}',
    scope: 'operator',
    summary: 'Erase a tenant with all it has; it cannot be undone',
    answers: {
      202: json(
        'Its keys are refused from now on; the rest goes in the background. 404 once nothing is left.',
        TenantBody,
      ),
    },
    errors: ['tenant_not_found', 'own_tenant'],
    handler: erase,
  }),
];
