import { setTimeout as delay } from 'node:timers/promises';
import { dropEndedSessions, expireJobs, fillExpiries, keepJobsFor } from '@docusnap/db';
import { type Removed, type RetentionPorts, removeErased } from './remove-erased.ts';

export interface RetentionOptions {
  /** How long jobs are kept after their end unless they or their tenant say otherwise. */
  readonly keepSeconds: number;
}

const EVERY_MS = 10_000;
/** What one transaction erases: some tens of milliseconds of work, so that nobody waits long for what it holds. */
const MOST = { jobs: 100, pages: 1_000 };
/** Jobs that ended before there were expiries and get one at a time. */
const MOST_FILLED = 500;
/**
 * Of the time erasing takes of the database, how many times as long nothing is done: a fifth of one connection's time, whatever there is to erase. Polls and
 * submits do not notice it (npm run bench:depth -- --part erase). What removing blobs takes is no reason to rest: of an object store it is seconds.
 */
const REST = 4;

/** Erases, until stopped, jobs whose time is up, and removes the blobs of all jobs that were erased. Every gateway may. */
export function startRetention(ports: RetentionPorts, options: RetentionOptions): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const work = async (): Promise<void> => {
    for (let isSet = false; !stopping.signal.aborted; ) {
      try {
        if (!isSet) await keepJobsFor(ports.db, { seconds: options.keepSeconds });
        isSet = true;
        const { isMore, databaseMs } = await retainOnce(ports);
        await rest(isMore ? databaseMs * REST : EVERY_MS);
      } catch (err) {
        if (stopping.signal.aborted) return;
        ports.log.warn({ err }, 'a round of erasing failed; the next one tries again');
        await rest(EVERY_MS);
      }
    }
  };
  const rest = (ms: number): Promise<void> => delay(ms, undefined, { signal: stopping.signal }).catch(() => undefined);
  const ended = work();
  return {
    stop() {
      stopping.abort();
      return ended;
    },
  };
}

/** One round: a few jobs, and the blobs of a few. */
export async function retainOnce(ports: RetentionPorts): Promise<Removed> {
  const started = performance.now();
  await dropEndedSessions(ports.db);
  const filled = await fillExpiries(ports.db, { most: MOST_FILLED });
  const expired = await expireJobs(ports.db, MOST);
  const erased = performance.now();
  if (expired > 0) ports.log.info({ jobs: expired }, 'jobs were erased, for their time was up');
  const removed = await removeErased(ports);
  return {
    isMore: removed.isMore || expired > 0 || filled === MOST_FILLED,
    databaseMs: erased - started + removed.databaseMs,
  };
}
