import type { WrappedKey } from '@docusnap/contracts';
import { type Database, query } from './connection.ts';

/** A page that was read before: its sealed text, and the key of the job it belongs to. */
export interface CachedPage {
  readonly jobId: string;
  readonly fileIndex: number;
  readonly fileFrame: number;
  readonly sealed: Buffer;
  readonly key: WrappedKey;
}

/** A page of this tenant that was saved with this cache key; null when there is none. Needs the worker role. */
export async function findCachedPage(db: Database, tenantId: string, cacheKey: Uint8Array): Promise<CachedPage | null> {
  const [row] = await query<{
    job_id: string;
    file_index: number;
    frame: number;
    sealed: Buffer;
    master_key_id: string;
    wrapped_key: Buffer;
  }>(db, 'SELECT * FROM find_cached_page($1, $2)', [tenantId, Buffer.from(cacheKey)]);
  if (row === undefined) return null;
  return {
    jobId: row.job_id,
    fileIndex: row.file_index,
    fileFrame: row.frame,
    sealed: row.sealed,
    key: { masterKeyId: row.master_key_id, wrapped: row.wrapped_key },
  };
}

/** What was understood before: sealed, and the key of the job it belongs to. */
export interface CachedUnderstanding {
  readonly jobId: string;
  readonly sealed: Buffer;
  readonly key: WrappedKey;
}

/**
 * What was understood for another job of the same tenant and saved with this cache key; null when there is none, or this job does without a cache.
 * Needs the worker role.
 */
export async function findCachedUnderstanding(
  db: Database,
  jobId: string,
  cacheKey: Uint8Array,
): Promise<CachedUnderstanding | null> {
  const [row] = await query<{ job_id: string; sealed: Buffer; master_key_id: string; wrapped_key: Buffer }>(
    db,
    'SELECT * FROM find_cached_understanding($1, $2)',
    [jobId, Buffer.from(cacheKey)],
  );
  if (row === undefined) return null;
  return { jobId: row.job_id, sealed: row.sealed, key: { masterKeyId: row.master_key_id, wrapped: row.wrapped_key } };
}

/**
 * What was saved for the job may be found by this key, unless it does without a cache, or was asked something else in the meantime. Needs the worker
 * role.
 */
export async function rememberUnderstanding(
  db: Database,
  { jobId, sealed }: { readonly jobId: string; readonly sealed: Uint8Array },
  cacheKey: Uint8Array,
): Promise<void> {
  await query(db, 'SELECT remember_understanding($1, $2, $3)', [jobId, Buffer.from(cacheKey), Buffer.from(sealed)]);
}
