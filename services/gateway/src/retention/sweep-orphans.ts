import { blobPrefixOf } from '@docusnap/contracts';
import { withoutJob } from '@docusnap/db';
import type { RetentionPorts } from './remove-erased.ts';

/** Ids looked up in one query. */
const BATCH = 500;
/** The prefix of all jobs' blobs. */
const JOBS = 'jobs/';
const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/;

/**
 * Removes blobs that belong to no job: a process that was killed between storing files and committing rows leaves such, and one that wrote an
 * image of a page whose job had just been erased. What was written within `olderThanMs` stays: its rows may yet be committed. Choose more than the
 * longest submit.
 *
 * @returns how many jobs' blobs were removed
 */
export async function sweepOrphans(ports: RetentionPorts, { olderThanMs }: { olderThanMs: number }): Promise<number> {
  let removed = 0;
  for await (const ids of batches(ports.blobs.list(JOBS))) {
    // Rows are looked for after the blobs were seen, and ages after that: a submit that goes on has rows by then, or young blobs.
    for (const id of await withoutJob(ports.db, ids)) {
      try {
        const written = await ports.blobs.lastWritten(blobPrefixOf(id));
        if (written === null || written > Date.now() - olderThanMs) continue;
        await ports.blobs.removePrefix(blobPrefixOf(id));
        removed += 1;
      } catch (err) {
        ports.log.warn({ err, job: id }, 'blobs without a job could not be removed; the next hour tries again');
      }
    }
  }
  return removed;
}

async function* batches(ids: AsyncIterable<string>): AsyncGenerator<string[]> {
  let batch: string[] = [];
  for await (const id of ids) {
    // What is none is not ours to remove.
    if (!UUID.test(id)) continue;
    batch.push(id);
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
