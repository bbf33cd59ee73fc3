import { blobPrefixOf } from '@docusnap/contracts';
import { forgetV1Jobs } from '@docusnap/db';
import type { Ports } from '../ports.ts';

type Store = Pick<Ports, 'db' | 'blobs' | 'log'>;

/**
 * Erases jobs whose tasks have ended, with all that was sent. The blobs go first, so that a failure leaves rows that say what is left to do; and once
 * more when the rows are gone, since a reader may have written an image of a page in between. Those whose blobs cannot be removed are left for the
 * next time; the others do not wait for them.
 */
export async function eraseJobs({ db, blobs, log }: Store, jobIds: readonly string[]): Promise<void> {
  const removed: string[] = [];
  for (const id of jobIds) {
    try {
      await blobs.removePrefix(blobPrefixOf(id));
      removed.push(id);
    } catch (err) {
      log.warn({ err, job: id }, 'a job that has ended could not be erased; the next sweep tries again');
    }
  }
  if (removed.length === 0) return;
  await forgetV1Jobs(db, removed);
  await removeLeftovers({ blobs, log }, removed);
}

/** Removes blobs of jobs that have no rows any more. What goes wrong is logged only: without the rows nothing opens them. */
export async function removeLeftovers({ blobs, log }: Omit<Store, 'db'>, jobIds: readonly string[]): Promise<void> {
  for (const id of jobIds) {
    await blobs.removePrefix(blobPrefixOf(id)).catch((err: unknown) => {
      log.warn({ err, job: id }, 'it is not known whether blobs of an erased job were left');
    });
  }
}

/** Behind the caller's back; where it fails, the next sweep tries again. */
export function eraseLater(ports: Store & Pick<Ports, 'running'>, jobId: string): void {
  const erased = eraseJobs(ports, [jobId]).catch((err: unknown) => {
    ports.log.warn({ err, job: jobId }, 'a job that has ended could not be erased; the next sweep tries again');
  });
  void ports.running.track(erased);
}
