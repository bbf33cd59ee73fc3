import { jobContext, unwrapDataKey } from '@docusnap/blobs';
import { AppError } from '@docusnap/contracts';
import { readPageRow } from '@docusnap/db';
import { tableAsCsv } from '@docusnap/formats';
import type { Ports } from '../ports.ts';
import { type Call, idOf, pathPart } from '../route.ts';
import { openPage } from './read-pages.ts';
import { asError } from './stored-failure.ts';

const NUMBER = /^[1-9]\d{0,8}$/;

/**
 * `GET /v1/jobs/{id}/pages/{n}/tables/{k}.csv`, also while other pages are still read. Throws `page_not_found`, `page_not_ready`, the page's own
 * error when it was not read, `table_not_found`.
 */
export async function table(ports: Ports, { request, response, caller }: Call<object>): Promise<void> {
  const jobId = idOf(request, 'job_not_found');
  const number = pathPart(request, 'n');
  if (!NUMBER.test(number)) throw new AppError('page_not_found');
  const row = await readPageRow(ports.db, caller.tenantId, jobId, Number(number));
  if (row.page.status === 'queued') throw new AppError('page_not_ready');
  if (row.page.error) throw asError(row.page.error);
  const which = pathPart(request, 'k');
  if (!NUMBER.test(which)) throw new AppError('table_not_found');
  const dataKey = unwrapDataKey(ports.masterKeys, row.key, jobContext(jobId));
  const text = row.sealed && (await openPage(dataKey, jobId, row.page, row.sealed));
  const found = text?.tables?.[Number(which) - 1];
  if (found === undefined) throw new AppError('table_not_found');
  response.set('cache-control', 'private, no-cache');
  response.set('content-disposition', `attachment; filename="page-${number}-table-${which}.csv"`);
  response.type('text/csv; charset=utf-8; header=present').send(tableAsCsv(found));
}
