import { jobContext, unwrapDataKey } from '@docusnap/blobs';
import { AppError } from '@docusnap/contracts';
import { readPageRow } from '@docusnap/db';
import type { Ports } from '../ports.ts';
import { pageBody } from '../present.ts';
import { type Call, idOf, pathPart } from '../route.ts';
import { openPage } from './result.ts';

/** `GET /v1/jobs/{id}/pages/{n}`, also while other pages are still read. Throws `page_not_found` and `page_not_ready`. */
export async function page(ports: Ports, { request, response, caller }: Call<object>): Promise<void> {
  const jobId = idOf(request, 'job_not_found');
  const number = pathPart(request, 'n');
  if (!/^[1-9]\d{0,8}$/.test(number)) throw new AppError('page_not_found');
  const row = await readPageRow(ports.db, caller.tenantId, jobId, Number(number));
  if (row.page.status === 'queued') throw new AppError('page_not_ready');
  const dataKey = unwrapDataKey(ports.masterKeys, row.key, jobContext(jobId));
  const text = row.sealed && (await openPage(dataKey, jobId, row.page, row.sealed));
  response.set('cache-control', 'private, no-cache');
  response.json(pageBody(row.page, text));
}
