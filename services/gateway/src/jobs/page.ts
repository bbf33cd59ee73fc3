import { jobContext, unwrapDataKey } from '@docusnap/blobs';
import { AppError } from '@docusnap/contracts';
import { pollJob, readPageRow } from '@docusnap/db';
import { type Leaf, leafOf } from '@docusnap/formats';
import type { z } from 'zod';
import type { Ports } from '../ports.ts';
import { pageBody } from '../present.ts';
import { type Call, idOf, pathPart } from '../route.ts';
import { contentTypeOf, type FormatQuery, formatOf, WRITERS } from './formats.ts';
import { pagePdf } from './pdf.ts';
import { openPage } from './read-pages.ts';
import { send } from './send.ts';
import { asError } from './stored-failure.ts';

/**
 * `GET /v1/jobs/{id}/pages/{n}`, also while other pages are still read. Throws `page_not_found`, `page_not_ready`, `not_acceptable`, and but
 * for JSON the page's own error when it was not read.
 */
export async function page(ports: Ports, call: Call<z.output<typeof FormatQuery>>): Promise<void> {
  const { request, response, caller } = call;
  const jobId = idOf(request, 'job_not_found');
  const number = pathPart(request, 'n');
  const format = formatOf(request, call.query);
  response.vary('accept');
  if (!/^[1-9]\d{0,8}$/.test(number)) throw new AppError('page_not_found');
  const row = await readPageRow(ports.db, caller.tenantId, jobId, Number(number));
  if (row.page.status === 'queued') throw new AppError('page_not_ready');
  const dataKey = unwrapDataKey(ports.masterKeys, row.key, jobContext(jobId));
  const text = row.sealed && (await openPage(dataKey, jobId, row.page, row.sealed));
  if (format === 'json') {
    response.set('cache-control', 'private, no-cache');
    response.json(pageBody(row.page, text));
    return;
  }
  if (row.page.error) throw asError(row.page.error);
  const job = await pollJob(ports.db, caller.tenantId, jobId);
  const leaves = only(leafOf({ page: row.page, text }));
  if (format === 'pdf') await send(response, contentTypeOf(format), pagePdf(ports, { job, dataKey, leaves }, row.page));
  else await send(response, contentTypeOf(format), WRITERS[format](job.name, leaves));
}

async function* only(leaf: Leaf): AsyncGenerator<Leaf> {
  yield leaf;
}
