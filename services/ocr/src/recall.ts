import { jobContext, pageCacheKey, pageContext, unwrapDataKey } from '@docusnap/blobs';
import type { Unit } from '@docusnap/contracts';
import { findCachedPage } from '@docusnap/db';
import type { KnownPage, Recall } from './reader/messages.ts';
import type { Worker } from './worker.ts';

/** Milliseconds a reader waits for the answer; after them it reads, which takes no more than some such times. */
const RECALL_MS = 250;

/** What is known of a page that is to be read: whether an equal one was read before. */
export interface Memory {
  readonly recall: Recall;
  /** What the page is to be found by later; null while its reader did not ask. */
  cacheKey(): Buffer | null;
}

/**
 * Undefined where the job is to do without: it says so, or it came with a password, since what opens with one should not be had by sending the
 * same file with another.
 */
export function openMemory(worker: Worker, unit: Unit): Memory | undefined {
  if (unit.options.cache === false || unit.options.password !== undefined) return undefined;
  let cacheKey: Buffer | null = null;
  return {
    cacheKey: () => cacheKey,
    async recall(fingerprint) {
      cacheKey = pageCacheKey(worker.masterKeys, unit.tenantId, fingerprint);
      return within(worker, unit, findKnown(worker, unit, cacheKey));
    },
  };
}

/** The page with its job's data key: each page is sealed under that of its own job, so the reader opens it and seals it anew. */
async function findKnown({ db, masterKeys }: Worker, { tenantId }: Unit, cacheKey: Buffer): Promise<KnownPage | null> {
  const found = await findCachedPage(db, tenantId, cacheKey);
  if (!found) return null;
  const { jobId, fileIndex, fileFrame, sealed, key } = found;
  return {
    sealed,
    dataKey: unwrapDataKey(masterKeys, key, jobContext(jobId)),
    sealContext: pageContext(jobId, fileIndex, fileFrame),
  };
}

/** Whatever goes wrong with looking, the page can be read. */
async function within(worker: Worker, unit: Unit, finding: Promise<KnownPage | null>): Promise<KnownPage | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), RECALL_MS);
  });
  try {
    const found = await Promise.race([finding, late]);
    worker.metrics.recalled(found === 'late' ? 'late' : found ? 'hit' : 'miss');
    return found === 'late' ? null : found;
  } catch (err) {
    worker.metrics.recalled('failed');
    worker.log.warn({ err, job: unit.jobId, unit: unit.id }, 'whether the page was read before could not be found out');
    return null;
  } finally {
    clearTimeout(timer);
    // Nobody waits for one that is late.
    finding.catch(() => undefined);
  }
}
