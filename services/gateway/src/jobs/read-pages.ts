import { jobContext, openBytes, pageContext, unwrapDataKey } from '@docusnap/blobs';
import type { Caller, Job, JobPage, PageText } from '@docusnap/contracts';
import { jobKey, streamPages } from '@docusnap/db';
import type { ReadPage } from '@docusnap/formats';
import type { Ports } from '../ports.ts';

/** Opens a job's files and texts. */
export async function jobDataKey(ports: Ports, caller: Caller, job: Job): Promise<Buffer> {
  return unwrapDataKey(ports.masterKeys, await jobKey(ports.db, caller.tenantId, job.id), jobContext(job.id));
}

/** All pages in order, opened one after another, so that one page's text is in memory at a time. */
export async function* readPages(ports: Ports, caller: Caller, job: Job): AsyncGenerator<ReadPage> {
  const dataKey = await jobDataKey(ports, caller, job);
  for await (const { page, sealed } of streamPages(ports.db, caller.tenantId, job.id)) {
    yield { page, text: sealed && (await openPage(dataKey, job.id, page, sealed)) };
  }
}

/** Throws `blob_damaged`. */
export async function openPage(dataKey: Buffer, jobId: string, page: JobPage, sealed: Uint8Array): Promise<PageText> {
  const bytes = await openBytes(dataKey, pageContext(jobId, page.fileIndex, page.fileFrame), sealed);
  // Not validated again: it was when it was written, and the seal says that it is the same.
  return JSON.parse(bytes.toString('utf8'));
}
