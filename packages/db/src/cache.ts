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
