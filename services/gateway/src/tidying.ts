import type { BlobStore } from '@docusnap/blobs';
import type { Logger } from '@docusnap/runtime';

const HOUR_MS = 3_600_000;
/** Longer than the longest upload that is still moving. */
const ABANDONED_MS = 24 * HOUR_MS;

/** Removes, now and each hour, what processes that were killed in mid-upload left in the blob store. */
export function startTidying(blobs: BlobStore, log: Logger): { stop(): void } {
  const tidy = async (): Promise<void> => {
    try {
      const removed = await blobs.sweepTemporary(ABANDONED_MS);
      if (removed > 0) log.info({ removed }, 'files of uploads that never ended were removed');
    } catch (err) {
      log.warn({ err }, 'the blob store could not be tidied; the next hour tries again');
    }
  };
  void tidy();
  const timer = setInterval(tidy, HOUR_MS);
  return { stop: () => clearInterval(timer) };
}
