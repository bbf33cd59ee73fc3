import { setTimeout as pause } from 'node:timers/promises';
import { AppError } from '@docusnap/contracts';
import { eraseJob } from '@docusnap/db';
import type { Ports } from '../ports.ts';

/** Between tries while the database is away: longer each time, some minutes in all. After that the job it may have made ends as failed, its files missing. */
const AGAIN_MS = [500, 1_000, 2_000, 5_000, 10_000, 20_000, 30_000, 60_000, 60_000];

type Outcome = 'gone' | 'none' | 'away';

/**
 * Erases rows of which it is not known whether they were written, since the answer of the database was lost. While that is away it is tried
 * again, behind the caller's back. A statement that a server had received before it stood still is carried out as it goes on: so once it is
 * back and has none of the rows, it is asked once more.
 */
export async function eraseRows(ports: Ports, tenantId: string, ids: readonly string[], cause: unknown): Promise<void> {
  const isUnsure = cause instanceof AppError && cause.code === 'database_unavailable';
  const outcome = await tryToErase(ports, tenantId, ids);
  // Nobody waits for it, and a process that stops leaves it.
  if (isUnsure && outcome !== 'gone') void eraseLater(ports, tenantId, ids).catch(() => undefined);
}

async function eraseLater(ports: Ports, tenantId: string, ids: readonly string[]): Promise<void> {
  for (const ms of AGAIN_MS) {
    await pause(ms, undefined, { ref: false, signal: ports.stopping });
    const outcome = await tryToErase(ports, tenantId, ids);
    if (outcome === 'away') continue;
    if (outcome === 'none') {
      await pause(AGAIN_MS[0], undefined, { ref: false, signal: ports.stopping });
      await tryToErase(ports, tenantId, ids);
    }
    return;
  }
  ports.log.warn({ job: ids[0] }, 'it is not known whether a refused job left rows');
}

async function tryToErase({ db, log }: Ports, tenantId: string, ids: readonly string[]): Promise<Outcome> {
  try {
    for (const id of ids) await eraseJob(db, tenantId, id);
    return 'gone';
  } catch (err) {
    // Where the first is not there, none is: they were to be written together.
    if (err instanceof AppError && err.code === 'job_not_found') return 'none';
    if (err instanceof AppError && err.code === 'database_unavailable') return 'away';
    log.warn({ err, job: ids[0] }, 'rows that a refused job may have left could not be erased');
    return 'gone';
  }
}
