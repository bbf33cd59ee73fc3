import type { Caller, TenantLimits } from '@docusnap/contracts';
import { type Database, query, queryOne } from './connection.ts';
import { lookUpKey } from './looks.ts';

/** Whose key has this SHA-256; null when there is none, or it was revoked or has expired, or its tenant is gone. Many may share its round trip. */
export async function findCaller(db: Database, hash: Uint8Array): Promise<Caller | null> {
  const row = await lookUpKey(db, hash);
  if (row === null) return null;
  return {
    keyId: row.key_id,
    subject: null,
    tenantId: row.tenant_id,
    scopes: row.scopes,
    cache: row.cache,
    suspended: row.suspended,
    limits: { tenant: row.tenant_limits, key: row.key_limits },
  };
}

/** The tenant of a caller who has no key; null when there is none of this id, or it is being erased. */
export async function findTenantCaller(
  db: Database,
  tenantId: string,
): Promise<{ readonly suspended: boolean; readonly limits: TenantLimits } | null> {
  const [row] = await query<{ suspended: boolean; tenant_limits: TenantLimits }>(
    db,
    'SELECT * FROM tenant_caller($1)',
    [tenantId],
  );
  return row === undefined ? null : { suspended: row.suspended, limits: row.tenant_limits };
}

/** Requests that were granted out of those of a minute. */
export interface Granted {
  readonly granted: number;
  /** For how long they are good, in milliseconds. */
  readonly forMs: number;
  /** Until there is one again, in seconds; where none was granted. */
  readonly retryAfter: number;
}

/** Takes up to `wanted` of the `most` requests that one subject, a key or a tenant, may make in any minute, over all gateways. */
export async function takeRequests(
  db: Database,
  { tenantId, subject }: { readonly tenantId: string; readonly subject: string },
  { wanted, most }: { readonly wanted: number; readonly most: number },
): Promise<Granted> {
  const row = await queryOne<{ granted: number; slot_seconds: number; retry_seconds: number | null }>(
    db,
    'SELECT * FROM take_requests($1, $2, $3, $4)',
    [tenantId, subject, wanted, most],
  );
  return { granted: row.granted, forMs: row.slot_seconds * 1_000, retryAfter: row.retry_seconds ?? 1 };
}
