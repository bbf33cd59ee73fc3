import { randomUUIDv7 } from 'node:crypto';
import { jobContext, newDataKey, parseMasterKeys } from '@docusnap/blobs';
import type { Unit } from '@docusnap/contracts';
import { claimUnit, createJobs, type NewJob, savePage } from '@docusnap/db';
import type { Stage } from './stage.ts';

/** Jobs of one statement. */
const BATCH = 100;
const HOLDER = 'bench';
/** As large as the text of a page of print is, sealed. */
const SEALED_BYTES = 8_000;

/** Submits so many jobs of one picture, as rows only: nobody looks at their files. Their ids. */
export async function makeQueuedJobs({ api, tenantId, masterKey }: Stage, count: number): Promise<string[]> {
  const keys = parseMasterKeys(masterKey);
  const ids: string[] = [];
  while (ids.length < count) {
    const jobs = Array.from({ length: Math.min(BATCH, count - ids.length) }, (): NewJob => {
      const id = randomUUIDv7();
      const { wrapped } = newDataKey(keys, jobContext(id));
      const file = { name: 'invoice.jpg', mediaType: 'image/jpeg' as const, bytes: 200_000, sha256: '0'.repeat(64) };
      return {
        id,
        tenantId,
        options: { priority: 5 },
        metadata: { number: 'INV-2024-001' },
        key: wrapped,
        files: [file],
      };
    });
    await createJobs(api, jobs);
    ids.push(...jobs.map(({ id }) => id));
  }
  return ids;
}

/** So many jobs that have ended, by what a worker does with them. */
export async function makeFinishedJobs(stage: Stage, count: number): Promise<string[]> {
  const ids = await makeQueuedJobs(stage, count);
  for (let left = count; left > 0; left -= 1) await readOne(stage);
  return ids;
}

/** So many jobs in hand, their only page being read by nobody. Before any other is submitted, or that is claimed instead. */
export async function makeRunningJobs(stage: Stage, count: number): Promise<string[]> {
  const ids = await makeQueuedJobs(stage, count);
  for (let left = count; left > 0; left -= 1) await claimOne(stage);
  return ids;
}

async function claimOne({ worker }: Stage): Promise<Unit> {
  const page = await claimUnit(worker, { holder: HOLDER });
  if (page?.kind !== 'read') throw new Error(`Expected a page to read, got ${page?.kind ?? 'nothing'}`);
  return page;
}

async function readOne(stage: Stage): Promise<void> {
  const page = await claimOne(stage);
  const read = { sealed: Buffer.alloc(SEALED_BYTES), stages: { decode: 10, read: 300, total: 320 } };
  await savePage(stage.worker, page, read);
}
