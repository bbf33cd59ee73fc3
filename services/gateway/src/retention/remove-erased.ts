import type { BlobStore } from '@docusnap/blobs';
import { blobPrefixOf } from '@docusnap/contracts';
import { type Database, finishErasures, takeErasures } from '@docusnap/db';
import type { Logger } from '@docusnap/runtime';

export interface RetentionPorts {
  /** As the role docusnap_worker. */
  readonly db: Database;
  readonly blobs: BlobStore;
  readonly log: Logger;
}

/** Erasures seen to at a time; within their lease of a minute even where removing one takes half a second. */
const MOST = 100;
/** Milliseconds after which none is begun any more: others take them at the end of that minute. */
const MOST_MS = 45_000;

/**
 * Removes the blobs of some jobs whose rows are gone, and makes their receipts. What cannot be removed, or was not because the process died, is taken again
 * after a minute, by anybody.
 *
 * @returns whether there may be more to do now
 */
export async function removeErased({ db, blobs, log }: RetentionPorts): Promise<boolean> {
  const ids = await takeErasures(db, { most: MOST });
  const removed: string[] = [];
  const left: { readonly job: string; readonly err: unknown }[] = [];
  const until = performance.now() + MOST_MS;
  for (const id of ids) {
    if (performance.now() > until) break;
    try {
      await blobs.removePrefix(blobPrefixOf(id));
      removed.push(id);
    } catch (err) {
      // It may be these alone that cannot be removed: the others do not wait for them.
      left.push({ job: id, err });
    }
  }
  if (left.length > 0) {
    const line = { ...left[0], jobs: left.length };
    log.warn(line, 'the blobs of erased jobs could not be removed; that is tried again in a minute');
  }
  if (removed.length > 0) await finishErasures(db, removed);
  return ids.length === MOST && removed.length === MOST;
}
