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

/** Erasures seen to at a time; within their lease of a minute even where removing one takes some seconds. */
const MOST = 100;
/** Removed at once: of an object store each waits for several answers, one after the other. */
const AT_ONCE = 8;
/** Milliseconds after which none is begun any more: others take them at the end of that minute. */
const MOST_MS = 45_000;

export interface Removed {
  /** Whether there may be more to do now. */
  readonly isMore: boolean;
  /** What the database took of it. */
  readonly databaseMs: number;
}

/**
 * Removes the blobs of some jobs whose rows are gone, and makes their receipts. What cannot be removed, or was not because the process died, is taken again
 * after a minute, by anybody.
 */
export async function removeErased({ db, blobs, log }: RetentionPorts): Promise<Removed> {
  const started = performance.now();
  const ids = await takeErasures(db, { most: MOST });
  const taken = performance.now();
  const waiting = [...ids];
  const removed: string[] = [];
  const left: { readonly job: string; readonly err: unknown }[] = [];
  const removeNext = async (): Promise<void> => {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
      if (performance.now() - taken > MOST_MS) return;
      try {
        await blobs.removePrefix(blobPrefixOf(id));
        removed.push(id);
      } catch (err) {
        // It may be these alone that cannot be removed: the others do not wait for them.
        left.push({ job: id, err });
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, removeNext));
  if (left.length > 0) {
    const line = { ...left[0], jobs: left.length };
    log.warn(line, 'the blobs of erased jobs could not be removed; that is tried again in a minute');
  }
  const finishing = performance.now();
  if (removed.length > 0) await finishErasures(db, removed);
  return {
    isMore: ids.length === MOST && removed.length === MOST,
    databaseMs: taken - started + performance.now() - finishing,
  };
}
