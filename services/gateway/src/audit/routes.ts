import { AuditListBody } from '@docusnap/contracts';
import { json, keyedRoute, type Route } from '../route.ts';
import { AuditQuery, listEntries } from './handlers.ts';

/** Who did what. */
export const AUDIT_ROUTES: readonly Route[] = [
  keyedRoute({
    method: 'get',
    path: '/v1/audit',
    scope: 'admin',
    summary: 'Who did what: calls that change something, and refusals',
    query: AuditQuery,
    answers: {
      200: json('Newest first; next_cursor is null on the last part. Entries are kept for 13 months.', AuditListBody),
    },
    errors: [],
    handler: listEntries,
  }),
];
