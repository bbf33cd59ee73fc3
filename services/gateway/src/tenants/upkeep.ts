import { type Database, dropOldBudgets, eraseTenants, rollUpUsage } from '@docusnap/db';
import type { Logger } from '@docusnap/runtime';

/** From the end of one round to the beginning of the next. */
const ROUND_MS = 5_000;
/** What one transaction erases: some tens of milliseconds' worth of rows. */
const ERASED_AT_ONCE = { jobs: 100, pages: 2_000 } as const;

export interface Upkeep {
  /** Starts no more rounds and resolves when the one that runs has ended. */
  stop(): Promise<void>;
}

/**
 * Adds up usage by day and erases tenants that are to be erased, again and again until stopped. Every gateway may: rows that one has in hand
 * another passes over. A round that fails is logged, and the next one tries again.
 *
 * @param ports.db as the role docusnap_worker
 */
export function startUpkeep({ db, log }: { readonly db: Database; readonly log: Logger }): Upkeep {
  const stopping = new AbortController();
  let round: Promise<void> = Promise.resolve();
  let timer = setTimeout(next, ROUND_MS);

  function next(): void {
    round = runRound(db, stopping.signal)
      .catch((err: unknown) => log.warn({ err }, 'a round of upkeep failed; the next one tries again'))
      .finally(() => {
        if (!stopping.signal.aborted) timer = setTimeout(next, ROUND_MS);
      });
  }

  return {
    stop: () => {
      stopping.abort();
      clearTimeout(timer);
      return round;
    },
  };
}

/** One round: as many transactions as there is work for. */
export async function runRound(db: Database, stopping: AbortSignal): Promise<void> {
  while (!stopping.aborted && (await rollUpUsage(db)) > 0);
  await dropOldBudgets(db);
  while (!stopping.aborted && (await eraseTenants(db, ERASED_AT_ONCE)) > 0);
}
