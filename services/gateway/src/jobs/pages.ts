import type { PageListQuery } from '@docusnap/contracts';
import { listPages } from '@docusnap/db';
import type { Ports } from '../ports.ts';
import { pageEntryBody } from '../present.ts';
import { type Call, idOf } from '../route.ts';
import { decodePageCursor, encodePageCursor } from './cursor.ts';

/** `GET /v1/jobs/{id}/pages`: pages without their texts, file by file, also while the job runs. */
export async function pages(ports: Ports, { request, response, query, caller }: Call<PageListQuery>): Promise<void> {
  const { status, limit, cursor } = query;
  const list = await listPages(ports.db, caller.tenantId, idOf(request, 'job_not_found'), {
    limit,
    ...(status && { status }),
    ...(cursor && { after: decodePageCursor(cursor) }),
  });
  response.set('cache-control', 'private, no-cache');
  response.json({
    status: list.status,
    pages_total: list.pagesTotal,
    pages_done: list.pagesDone,
    pages_failed: list.pagesFailed,
    pages: list.pages.map(pageEntryBody),
    next_cursor: list.next && encodePageCursor(list.next),
  });
}
