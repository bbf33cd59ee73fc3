import {
  AppError,
  ATTEMPTS,
  type ErrorCode,
  type Failure,
  LEASE,
  LIMITS,
  type StageTimes,
  type Unit,
} from '@docusnap/contracts';
import { type UnitRow, unitOf } from './claim.ts';
import { type Database, query, queryOne } from './connection.ts';

/** What is needed to end a unit. */
export type HeldUnit = Pick<Unit, 'id' | 'token' | 'jobId'>;

/**
 * The file was opened: each frame that the job's options select becomes a page and a unit to read, in a job of several files with a
 * selection only once all are opened. One transaction; throws `lease_lost` when another claim got
 * the unit or the job was erased, and `too_many_pages` when the job would exceed LIMITS.pagesPerJob, and `no_such_pages` when the
 * job's only file has none of the selected pages (the unit is then still held: fail it with that).
 *
 * @param options.thenClaimFor claims the next unit, whichever it is, for this holder in the same transaction
 * @returns how many units now wait because of it: ring for each, but for one less when there is a next one
 */
export async function saveOpenedFile(
  db: Database,
  unit: HeldUnit,
  opened: { frames: number },
  { thenClaimFor }: { thenClaimFor?: string } = {},
): Promise<{ waiting: number; next: Unit | null }> {
  if (!Number.isInteger(opened.frames) || opened.frames < 1) {
    throw new AppError('internal', undefined, { cause: new RangeError(`frames: ${opened.frames}`) });
  }
  const values = [...handleOf(unit), opened.frames, LIMITS.pagesPerJob];
  if (thenClaimFor === undefined) {
    const saved = 'SELECT save_opened_file($1, $2, $3, $4, $5) AS waiting';
    return { ...(await queryOne<{ waiting: number }>(db, saved, values)), next: null };
  }
  const { waiting, ...row } = await queryOne<{ waiting: number } & (UnitRow | { id: null })>(
    db,
    'SELECT * FROM save_opened_file_and_claim($1, $2, $3, $4, $5, $6, $7)',
    [...values, thenClaimFor, LEASE.seconds],
  );
  return { waiting, next: row.id === null ? null : unitOf(row) };
}

/**
 * The page was read. The job's last page ends the job in the same transaction. Throws `lease_lost`; an expired lease saves as long
 * as nobody else claimed the unit.
 *
 * @param read.cacheKey what the page is found by for another job; without it, it is not
 */
export async function savePage(
  db: Database,
  unit: HeldUnit,
  read: { sealed: Uint8Array; stages: StageTimes; cacheKey?: Uint8Array | null },
): Promise<{ readonly understands: boolean }> {
  const sealed = Buffer.from(read.sealed.buffer, read.sealed.byteOffset, read.sealed.byteLength);
  const cacheKey = read.cacheKey ? Buffer.from(read.cacheKey) : null;
  const values = [...handleOf(unit), sealed, JSON.stringify(read.stages), cacheKey];
  return queryOne(db, 'SELECT save_page($1, $2, $3, $4, $5, $6) AS understands', values);
}

/**
 * The file cannot be opened, and trying again would not help. Throws `lease_lost`.
 *
 * @returns how many units now wait because of it, pages whose selection hung on this file: ring for each
 */
export function failFile(db: Database, unit: HeldUnit, failure: Failure): Promise<number> {
  return failUnit(db, unit, failure);
}

/** The page cannot be read, and trying again would not help. Throws `lease_lost`. `stages` is the time that was spent on it. */
export async function failPage(db: Database, unit: HeldUnit, failure: Failure, stages?: StageTimes): Promise<void> {
  await failUnit(db, unit, failure, stages);
}

async function failUnit(db: Database, unit: HeldUnit, failure: Failure, stages?: StageTimes): Promise<number> {
  const worked = stages === undefined ? null : JSON.stringify(stages);
  const { waiting } = await queryOne<{ waiting: number }>(db, 'SELECT fail_unit($1, $2, $3, $4, $5, $6) AS waiting', [
    ...handleOf(unit),
    failure.code,
    failure.message,
    worked,
  ]);
  return waiting;
}

/** Why a reader died: what the unit fails with when that happened once too often. */
export type ReaderDeath = Extract<ErrorCode, 'page_poisonous' | 'page_timeout'>;

/**
 * Hands the unit back. In good order this claim counts for nothing. With `readerDied` it counts as a death, and the unit
 * fails with that code at ATTEMPTS.readerDeaths of them. Throws `lease_lost`.
 *
 * @param options.stages the time that was spent on it, kept where it fails
 * @returns 'waiting': it can be claimed again at once, so ring; 'failed': it is over
 */
export async function releaseUnit(
  db: Database,
  unit: HeldUnit,
  options: { readerDied?: ReaderDeath; stages?: StageTimes } = {},
): Promise<'waiting' | 'failed'> {
  if (options.readerDied === undefined) {
    await query(db, 'SELECT release_unit($1, $2)', [unit.id, unit.token]);
    return 'waiting';
  }
  const { message } = new AppError(options.readerDied);
  const { failed } = await queryOne<{ failed: boolean }>(
    db,
    'SELECT release_unit_after_death($1, $2, $3, $4, $5, $6, $7) AS failed',
    [
      ...handleOf(unit),
      ATTEMPTS.readerDeaths,
      options.readerDied,
      message,
      options.stages === undefined ? null : JSON.stringify(options.stages),
    ],
  );
  return failed ? 'failed' : 'waiting';
}

function handleOf(unit: HeldUnit): [id: string, token: string, jobId: string] {
  return [unit.id, unit.token, unit.jobId];
}
