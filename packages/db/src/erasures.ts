import { AppError, type Erasure, type ErasureReason } from '@docusnap/contracts';
import { type Database, query } from './connection.ts';

/** How long after its erasure a reader that had a page of a job in hand may still write an image of it, in seconds: more than a page may take. */
const LATE_SECONDS = 300;
/** How long the blobs of the erasures taken may take; others see to them after that. */
const LEASE_SECONDS = 60;

/** Ids of erased jobs whose blobs are to be removed now; nobody else gets them for a minute. Needs the worker role. */
export async function takeErasures(db: Database, { most }: { most: number }): Promise<string[]> {
  const rows = await query<{ id: string }>(db, 'SELECT take_erasures($1, $2) AS id', [most, LEASE_SECONDS]);
  return rows.map(({ id }) => id);
}

/**
 * The blobs of these erased jobs have just been removed. Where a reader may write one late they are taken once more, some minutes after the erasure.
 * Needs the worker role.
 */
export async function finishErasures(
  db: Database,
  jobIds: readonly string[],
  { lateSeconds = LATE_SECONDS }: { lateSeconds?: number } = {},
): Promise<void> {
  await query(db, 'SELECT finish_erasures($1, $2)', [jobIds, lateSeconds]);
}

/** As `finishErasures`, for the process that was asked to erase one. */
export async function finishErasure(db: Database, tenantId: string, jobId: string): Promise<void> {
  await query(db, 'SELECT finish_erasure($1, $2, $3)', [tenantId, jobId, LATE_SECONDS]);
}

interface ErasureRow {
  readonly job_id: string;
  readonly reason: ErasureReason;
  readonly key_id: string | null;
  readonly files: number;
  readonly bytes: string;
  readonly pages: number;
  readonly texts: number;
  readonly extractions: number;
  readonly pictured: number;
  readonly erased_at: Date;
  readonly gone_at: Date | null;
}

/** What is known of a job that was erased. Throws `erasure_not_found`. */
export async function readErasure(db: Database, tenantId: string, jobId: string): Promise<Erasure> {
  const [row] = await query<ErasureRow>(db, 'SELECT * FROM read_erasure($1, $2)', [tenantId, jobId]);
  if (row === undefined) throw new AppError('erasure_not_found');
  return {
    jobId: row.job_id,
    reason: row.reason,
    keyId: row.key_id,
    files: row.files,
    bytes: Number(row.bytes),
    pages: row.pages,
    texts: row.texts,
    extractions: row.extractions,
    picturedPages: row.pictured,
    erasedAt: row.erased_at,
    goneAt: row.gone_at,
  };
}
