import { jobContext, openBytes, pageContext, unwrapDataKey } from '@docusnap/blobs';
import { AppError, type Caller, hasEnded, type Job, type JobPage, type PageText } from '@docusnap/contracts';
import { type Database, jobKey, pollJob, readEither, streamPages } from '@docusnap/db';
import type { ReadPage } from '@docusnap/formats';
import type { Ports } from '../ports.ts';

/** Opens a job's files and texts. */
export async function jobDataKey(ports: Ports, caller: Caller, job: Job): Promise<Buffer> {
  return unwrapDataKey(ports.masterKeys, await jobKey(ports.db, caller.tenantId, job.id), jobContext(job.id));
}

/** The replica, where that knows the job as it is: all that was saved of an ended job came before its last version. */
async function whereItEnded(ports: Ports, { tenantId }: Caller, job: Job): Promise<Database> {
  if (!hasEnded(job.status)) return ports.db;
  return readEither(ports.replica, ports.db, async (db) => {
    if (db === ports.db) return db;
    const there = await pollJob(db, tenantId, job.id).catch((error: unknown) => {
      // Submitted and read since the replica was last asked.
      if (error instanceof AppError && error.code === 'job_not_found') return null;
      throw error;
    });
    return there?.version === job.version ? db : ports.db;
  });
}

/** All pages in order, opened one after another, so that one page's text is in memory at a time. */
export async function* readPages(ports: Ports, caller: Caller, job: Job): AsyncGenerator<ReadPage> {
  const dataKey = await jobDataKey(ports, caller, job);
  const db = await whereItEnded(ports, caller, job);
  for await (const { page, sealed } of streamPages(db, caller.tenantId, job.id, { otherwise: ports.db })) {
    yield { page, text: sealed && (await openPage(dataKey, job.id, page, sealed)) };
  }
}

/** Throws `blob_damaged`. */
export async function openPage(dataKey: Buffer, jobId: string, page: JobPage, sealed: Uint8Array): Promise<PageText> {
  const bytes = await openBytes(dataKey, pageContext(jobId, page.fileIndex, page.fileFrame), sealed);
  // Not validated again: it was when it was written, and the seal says that it is the same.
  return JSON.parse(bytes.toString('utf8'));
}
