import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '@docusnap/contracts';
import type { Queue } from './queue.ts';

const PAUSE_MS = 20;

/** Rings once as soon as the queue can be reached; for tests of outages, where a caller would leave that to the sweep. */
export async function ringWhenBack(queue: Queue): Promise<void> {
  for (;;) {
    try {
      await queue.ring('read', 1, { jobId: 'after' });
      return;
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'queue_unavailable') throw error;
      await sleep(PAUSE_MS);
    }
  }
}
