import { setTimeout as pause } from 'node:timers/promises';
import { type Api, jobExists, pollJob, Unclear } from './api.ts';
import type { Baseline } from './baseline.ts';
import type { Entry, Ledger } from './ledger.ts';
import { lookAt } from './look.ts';

const AGAIN_MS = 400;

export interface Following {
  readonly api: Api;
  readonly ledger: Ledger;
  readonly baseline: Baseline;
}

/** Waits for the job's end, from outside, and looks at what it ended with; erases it in between where that is its lot. */
export async function follow(following: Following, entry: Entry): Promise<void> {
  const erasing =
    entry.order.eraseAfterMs === null ? undefined : eraseLater(following, entry, entry.order.eraseAfterMs);
  await watch(following, entry);
  await erasing;
}

async function watch(following: Following, entry: Entry): Promise<void> {
  const { api, ledger } = following;
  for (;;) {
    const job = await pollJob(api, entry.id);
    if (entry.state === 'erasing' || entry.state === 'erased') return;
    if (!job) {
      ledger.wrong('lost', `the job ${entry.id} is not there any more`);
      entry.state = 'ended';
      return;
    }
    if (job.finished_at === null) continue;
    const pages = await lookAt(following, entry, job);
    // It may have been erased while it was looked at.
    if ((entry as Entry).state !== 'open') return;
    entry.pages = pages ?? [];
    entry.state = 'ended';
    entry.endedAt = performance.now();
    return;
  }
}

async function eraseLater({ api, ledger }: Following, entry: Entry, afterMs: number): Promise<void> {
  await pause(afterMs);
  entry.state = 'erasing';
  for (let unclear = false; ; ) {
    try {
      const { status, body } = await api.call('DELETE', `/v1/jobs/${entry.id}`);
      if (status === 204 || (status === 404 && unclear)) break;
      if (status === 404) {
        ledger.wrong('lost', `the job ${entry.id} was not there when it was to be erased`);
        break;
      }
      if (status < 500 && status !== 429) throw new Error(`DELETE: got ${status}: ${JSON.stringify(body)}`);
      unclear = true;
    } catch (error) {
      if (!(error instanceof Unclear)) throw error;
      unclear = true;
    }
    await pause(AGAIN_MS);
  }
  entry.state = 'erased';
  entry.endedAt = performance.now();
  if (await jobExists(api, entry.id)) ledger.wrong('revived', `the job ${entry.id} is there after it was erased`);
}
