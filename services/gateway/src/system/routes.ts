import { SystemBody } from '@docusnap/contracts';
import { PRODUCT_VERSION } from '@docusnap/runtime';
import { json, keyedRoute, type Route } from '../route.ts';
import { read } from './handlers.ts';

/** What operators ask of the installation. */
export const SYSTEM_ROUTES: readonly Route[] = [
  keyedRoute({
    method: 'get',
    path: '/v1/system',
    scope: 'operator',
    summary: 'Whether the installation keeps up: what waits, how fast it is read, what can be reached',
    answers: { 200: json('As it is just now, over all tenants.', SystemBody) },
    errors: [],
    handler: (ports, call) => read(ports, call, PRODUCT_VERSION),
  }),
];
