import { setTimeout as delay } from 'node:timers/promises';
import { jobContext, pageCacheKey, unwrapDataKey } from '@docusnap/blobs';
import { AppError, LIMITS, renditionKeyOf } from '@docusnap/contracts';
import { findCachedUnderstanding, rememberUnderstanding, type UnderstandingUnit } from '@docusnap/db';
import type { PagePicture } from '@docusnap/extraction';
import type { Lane } from './lane.ts';
import type { Known, StoredPage } from './thread/messages.ts';
import type { Find } from './understander.ts';

/** What a job's pages lie under. */
interface Opened {
  readonly dataKey: Buffer;
  readonly pages: readonly StoredPage[];
}

/** Milliseconds that the image of a page that was read a moment ago is waited for, all pages together. */
const PATIENCE_MS = 5_000;
const PAUSE_MS = 100;

/** Finds what the thread needs for a job: what was understood before, or its pages as pictures. Whatever goes wrong, it goes on without. */
export function findFor(lane: Lane, unit: UnderstandingUnit, opened: Opened): Find {
  return async (need) => {
    try {
      if (need === 'pictures') return { pictures: await picturesOf(lane, unit, opened) };
      const known = await recall(lane, unit, need.fingerprint);
      lane.metrics.recalled(known ? 'hit' : 'miss');
      return { known };
    } catch (err) {
      if (need !== 'pictures') lane.metrics.recalled('failed');
      lane.log.warn({ err, job: unit.jobId }, 'what was understood before, or the pages, could not be looked up');
      return null;
    }
  };
}

async function recall(lane: Lane, unit: UnderstandingUnit, fingerprint: Uint8Array): Promise<Known | null> {
  const found = await findCachedUnderstanding(lane.db, unit.jobId, cacheKeyOf(lane, unit, fingerprint));
  if (!found) return null;
  const { jobId, sealed, key } = found;
  return { jobId, sealed, dataKey: unwrapDataKey(lane.masterKeys, key, jobContext(jobId)) };
}

/** Losing it costs a question later, and nothing else. */
export async function remember(
  lane: Lane,
  unit: UnderstandingUnit,
  { sealed, fingerprint }: { readonly sealed: Uint8Array; readonly fingerprint: Uint8Array },
): Promise<void> {
  try {
    await rememberUnderstanding(lane.db, { jobId: unit.jobId, sealed }, cacheKeyOf(lane, unit, fingerprint));
  } catch (err) {
    lane.log.warn({ err, job: unit.jobId }, 'what was understood could not be kept in mind');
  }
}

function cacheKeyOf({ masterKeys }: Lane, { tenantId }: UnderstandingUnit, fingerprint: Uint8Array): Buffer {
  return pageCacheKey(masterKeys, tenantId, fingerprint);
}

async function picturesOf(
  { blobs }: Lane,
  { jobId }: UnderstandingUnit,
  { dataKey, pages }: Opened,
): Promise<PagePicture[]> {
  const until = performance.now() + PATIENCE_MS;
  const pictures: PagePicture[] = [];
  for (const { number, fileIndex, fileFrame } of pages.slice(0, LIMITS.shownPages)) {
    const key = renditionKeyOf(jobId, fileIndex, fileFrame, 'large');
    const bytes = await pictureOf(() => blobs.get(key, dataKey), until);
    if (bytes) pictures.push({ page: number, mediaType: 'image/jpeg', bytes });
  }
  return pictures;
}

/** Images are made after their page is saved; of some there are none. */
async function pictureOf(open: () => AsyncIterable<Buffer>, until: number): Promise<Buffer | null> {
  for (;;) {
    try {
      return Buffer.concat(await Array.fromAsync(open()));
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'blob_missing') throw error;
      if (performance.now() > until) return null;
      await delay(PAUSE_MS);
    }
  }
}
