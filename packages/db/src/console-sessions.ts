import type { Caller, Scope, TenantLimits } from '@docusnap/contracts';
import { type Database, query, queryOne } from './connection.ts';

/** How long a session lasts: without being used, and in all. */
export interface SessionSpan {
  readonly idleSeconds: number;
  readonly mostSeconds: number;
}

/** The key that a session or a link stands for. */
export interface SessionKey {
  readonly tenantId: string;
  readonly keyId: string;
}

/** Who has a session, and what tells its key apart in lists. */
export interface SessionCaller {
  readonly caller: Caller & { readonly keyId: string };
  readonly keyPrefix: string;
  readonly keyName: string;
  /** However much it is used. */
  readonly expiresAt: Date;
}

/** A link by whose token, known here by its SHA-256, one may sign in once as this key. Gives until when. */
export async function makeConsoleLink(
  db: Database,
  { tenantId, keyId }: SessionKey,
  { hash, seconds }: { readonly hash: Uint8Array; readonly seconds: number },
): Promise<Date> {
  const row = await queryOne<{ until: Date }>(db, 'SELECT make_console_link($1, $2, $3, $4) AS until', [
    tenantId,
    keyId,
    Buffer.from(hash),
    seconds,
  ]);
  return row.until;
}

/** Takes a link: nobody can sign in by it any more. Null: there is none such, or it was used, or its time is up. */
export async function spendConsoleLink(db: Database, hash: Uint8Array): Promise<SessionKey | null> {
  const [row] = await query<{ tenant_id: string; key_id: string }>(db, 'SELECT * FROM spend_console_link($1)', [
    Buffer.from(hash),
  ]);
  return row === undefined ? null : { tenantId: row.tenant_id, keyId: row.key_id };
}

export async function openConsoleSession(
  db: Database,
  { tenantId, keyId }: SessionKey,
  { hash, idleSeconds, mostSeconds }: SessionSpan & { readonly hash: Uint8Array },
): Promise<void> {
  await query(db, 'SELECT open_console_session($1, $2, $3, $4, $5)', [
    tenantId,
    keyId,
    Buffer.from(hash),
    idleSeconds,
    mostSeconds,
  ]);
}

/** Whose session has this SHA-256, which by this lasts on; null when it has ended, or its key is refused. */
export async function findSessionCaller(
  db: Database,
  hash: Uint8Array,
  { idleSeconds }: Pick<SessionSpan, 'idleSeconds'>,
): Promise<SessionCaller | null> {
  const [row] = await query<{
    key_id: string;
    tenant_id: string;
    scopes: Scope[];
    cache: boolean;
    suspended: boolean;
    key_limits: TenantLimits;
    tenant_limits: TenantLimits;
    key_prefix: string;
    key_name: string;
    expires_at: Date;
  }>(db, 'SELECT * FROM session_caller($1, $2)', [Buffer.from(hash), idleSeconds]);
  if (row === undefined) return null;
  return {
    caller: {
      keyId: row.key_id,
      subject: null,
      tenantId: row.tenant_id,
      scopes: row.scopes,
      cache: row.cache,
      suspended: row.suspended,
      limits: { tenant: row.tenant_limits, key: row.key_limits },
    },
    keyPrefix: row.key_prefix,
    keyName: row.key_name,
    expiresAt: row.expires_at,
  };
}

export async function closeConsoleSession(db: Database, hash: Uint8Array): Promise<void> {
  await query(db, 'SELECT close_console_session($1)', [Buffer.from(hash)]);
}

/** Removes links and sessions whose time is up, and sessions of revoked keys; gives how many. Needs the worker role. */
export async function dropEndedSessions(db: Database): Promise<number> {
  return (await queryOne<{ dropped: number }>(db, 'SELECT drop_ended_sessions() AS dropped', [])).dropped;
}
