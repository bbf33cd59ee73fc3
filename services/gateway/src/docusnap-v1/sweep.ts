import { dropOldV1Tasks, erasableV1Jobs, unsettledV1Tasks } from '@docusnap/db';
import type { Ports } from '../ports.ts';
import { eraseJobs } from './erase.ts';
import type { V1Limits } from './limits.ts';
import { endOf, settle } from './settle.ts';

const EVERY_MS = 15_000;
/** Tasks that one round settles, and jobs that it erases. */
const MOST = 100;

type SweepPorts = Pick<Ports, 'db' | 'blobs' | 'log'>;

/** Now and again settles what nobody polls for, erases the jobs of what has ended, and drops what was kept long enough. */
export function startV1Sweep(ports: SweepPorts, limits: V1Limits): { stop(): Promise<void> } {
  let stopped = false;
  let round = Promise.resolve();
  let timer = setTimeout(next, EVERY_MS);

  function next(): void {
    round = sweepV1(ports, limits)
      .catch((err: unknown) =>
        ports.log.warn({ err }, 'a round of the sweep of v1 tasks failed; the next one tries again'),
      )
      .finally(() => {
        if (!stopped) timer = setTimeout(next, EVERY_MS);
      });
  }

  return {
    stop() {
      stopped = true;
      clearTimeout(timer);
      return round;
    },
  };
}

/** One round. Any number of processes may be at it: what one has done the other finds done. */
export async function sweepV1(ports: SweepPorts, limits: V1Limits): Promise<void> {
  const unsettled = await unsettledV1Tasks(ports.db, { oldestSeconds: limits.timeoutSeconds, most: MOST });
  for (const task of unsettled) {
    const end = endOf(task, limits);
    if (end) await settle(ports.db, task.jobId, end);
  }
  await eraseJobs(ports, await erasableV1Jobs(ports.db, { most: MOST }));
  await dropOldV1Tasks(ports.db, limits);
}
