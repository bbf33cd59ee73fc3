import { UsageListBody } from '@docusnap/contracts';
import { json, keyedRoute, type Route } from '../route.ts';
import { read, UsageQuery } from './handlers.ts';

/** What the tenant used. */
export const USAGE_ROUTES: readonly Route[] = [
  keyedRoute({
    method: 'get',
    path: '/v1/usage',
    scope: 'admin',
    summary: 'Jobs, pages, bytes and tokens by day, by key or both',
    query: UsageQuery,
    answers: { 200: json('Of jobs that have ended or were erased. It stays when jobs are erased.', UsageListBody) },
    errors: [],
    handler: read,
  }),
];
