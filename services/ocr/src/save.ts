import { setTimeout as delay } from 'node:timers/promises';
import { AppError, LEASE } from '@docusnap/contracts';
import type { Hold } from '@docusnap/runtime';

/** Milliseconds between tries. */
const PAUSE_MS = 1_000;
/** As long as a lease: when the database was away longer than that, another worker may have the unit. */
const TRIES = LEASE.seconds;

/**
 * Saves what was done for a unit, trying again while the database is away for a moment: what was read is worth more than a second. A save
 * that did reach the database before its answer was lost ends in lease_lost, like one that came too late; a unit that was claimed with it waits for
 * its lease to end, and for the sweep. Throws lease_lost when the unit
 * is not ours any more, database_unavailable when time is up or the process ends.
 */
export async function saveThroughAbsence<T>(
  { graceOver }: { graceOver: AbortSignal },
  hold: Hold,
  save: () => Promise<T>,
): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    if (hold.isLost()) throw new AppError('lease_lost');
    try {
      return await save();
    } catch (error) {
      const isAway = error instanceof AppError && error.code === 'database_unavailable';
      if (!isAway || tries >= TRIES || graceOver.aborted) throw error;
      // An abort ends the pause early, and the next try is then the last.
      await delay(PAUSE_MS, undefined, { signal: graceOver }).catch(() => undefined);
    }
  }
}
