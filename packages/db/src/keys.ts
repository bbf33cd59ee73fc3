import { randomUUIDv7 } from 'node:crypto';
import { type ApiKey, AppError, type Caller, type Scope } from '@docusnap/contracts';
import { type Database, query } from './connection.ts';
import type { ApiKey as ApiKeyRow } from './generated/client.ts';
import { withPrisma } from './prisma.ts';
import { V1_TENANT_ID } from './v1-tasks.ts';

export interface NewKey {
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** True unless told. */
  readonly cache?: boolean;
  readonly expiresAt: Date | null;
  /** The first characters of the key, to tell keys apart in lists. */
  readonly prefix: string;
  /** SHA-256 of the whole key. */
  readonly hash: Uint8Array;
}

export function createKey(db: Database, tenantId: string, key: NewKey): Promise<ApiKey> {
  return withPrisma(db, tenantId, async (prisma) => {
    const data = { ...key, id: randomUUIDv7(), tenantId, scopes: [...key.scopes], hash: new Uint8Array(key.hash) };
    return keyFrom(await prisma.apiKey.create({ data }));
  });
}

/** All keys of the tenant, newest first, revoked ones too. */
export function listKeys(db: Database, tenantId: string): Promise<ApiKey[]> {
  return withPrisma(db, tenantId, async (prisma) => {
    const rows = await prisma.apiKey.findMany({
      where: { tenantId },
      orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    });
    return rows.map(keyFrom);
  });
}

/** The key stops working at once. Revoking it again changes nothing. Throws `key_not_found`. */
export function revokeKey(db: Database, tenantId: string, keyId: string): Promise<void> {
  return withPrisma(db, tenantId, async (prisma) => {
    const found = await prisma.apiKey.findUnique({ where: { id: keyId, tenantId } });
    if (found === null) throw new AppError('key_not_found');
    await prisma.apiKey.updateMany({ where: { id: keyId, revokedAt: null }, data: { revokedAt: new Date() } });
  });
}

/** Whose key has this SHA-256; null when there is none, or it was revoked or has expired. On every request, so through pg. */
export async function findCaller(db: Database, hash: Uint8Array): Promise<Caller | null> {
  const [row] = await query<{ key_id: string; tenant_id: string; scopes: Scope[]; cache: boolean }>(
    db,
    'SELECT * FROM key_caller($1)',
    [Buffer.from(hash)],
  );
  if (row === undefined) return null;
  return { keyId: row.key_id, tenantId: row.tenant_id, scopes: row.scopes, cache: row.cache };
}

/**
 * Makes sure that there is a first tenant and that this key is an admin key of it. May be called again and by several processes
 * at a time; a key that was revoked stays so. Needs the worker role.
 *
 * @returns the tenant's id
 */
export function ensureBootstrapTenant(db: Database, key: { prefix: string; hash: Uint8Array }): Promise<string> {
  return withPrisma(db, null, async (prisma) => {
    await prisma.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('docusnap bootstrap'))`;
    const tenant =
      (await prisma.tenant.findFirst({
        where: { id: { not: V1_TENANT_ID } },
        orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
      })) ?? (await prisma.tenant.create({ data: { id: randomUUIDv7(), name: 'default' } }));
    const hash = new Uint8Array(key.hash);
    if ((await prisma.apiKey.findUnique({ where: { hash } })) === null) {
      const scopes: Scope[] = ['read', 'write', 'admin'];
      const data = { id: randomUUIDv7(), tenantId: tenant.id, prefix: key.prefix, name: 'first key', scopes, hash };
      await prisma.apiKey.create({ data });
    }
    return tenant.id;
  });
}

function keyFrom({ hash: _hash, scopes, ...row }: ApiKeyRow): ApiKey {
  return { ...row, scopes: scopes as Scope[] };
}
