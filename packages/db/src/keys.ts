import { randomUUIDv7 } from 'node:crypto';
import { type ApiKey, AppError, type Scope, type TenantLimits } from '@docusnap/contracts';
import type { Database } from './connection.ts';
import type { ApiKey as ApiKeyRow } from './generated/client.ts';
import { finishWithPrisma, type OnceOptions } from './once.ts';
import { withPrisma } from './prisma.ts';
import { V1_TENANT_ID } from './v1-tasks.ts';

export interface NewKey {
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** True unless told. */
  readonly cache?: boolean;
  /** Besides those of the tenant; none unless told. */
  readonly limits?: TenantLimits;
  readonly expiresAt: Date | null;
  /** The first characters of the key, to tell keys apart in lists. */
  readonly prefix: string;
  /** SHA-256 of the whole key. */
  readonly hash: Uint8Array;
}

export interface KeyChange {
  readonly name?: string | undefined;
  readonly expiresAt?: Date | null | undefined;
  readonly limits?: TenantLimits | undefined;
}

/** Whose keys somebody may see to: those of a tenant, and only an operator those that have the scope operator. */
export interface KeyOwner {
  readonly tenantId: string;
  readonly isOperator: boolean;
}

/** Throws `idempotency_key_in_use`. */
export function createKey(db: Database, tenantId: string, key: NewKey, options: OnceOptions = {}): Promise<ApiKey> {
  return withPrisma(db, tenantId, async (prisma) => {
    const { limits = {}, ...rest } = key;
    const data = {
      ...rest,
      limits,
      id: randomUUIDv7(),
      tenantId,
      scopes: [...key.scopes],
      hash: new Uint8Array(key.hash),
    };
    const made = keyFrom(await prisma.apiKey.create({ data }));
    await finishWithPrisma(prisma, options);
    return made;
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

/** The key as it is then; it counts from the next request on. Throws `key_not_found`, and `forbidden` for an operator's key. */
export function changeKey(db: Database, owner: KeyOwner, keyId: string, change: KeyChange): Promise<ApiKey> {
  return withPrisma(db, owner.tenantId, async (prisma) => {
    refuseOthers(owner, await prisma.apiKey.findUnique({ where: { id: keyId, tenantId: owner.tenantId } }));
    const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
    return keyFrom(await prisma.apiKey.update({ where: { id: keyId, tenantId: owner.tenantId }, data: given }));
  });
}

/** The key stops working at once. Revoking it again changes nothing. Throws `key_not_found`, and `forbidden` for an operator's key. */
export function revokeKey(db: Database, owner: KeyOwner, keyId: string): Promise<void> {
  return withPrisma(db, owner.tenantId, async (prisma) => {
    refuseOthers(owner, await prisma.apiKey.findUnique({ where: { id: keyId, tenantId: owner.tenantId } }));
    await prisma.apiKey.updateMany({ where: { id: keyId, revokedAt: null }, data: { revokedAt: new Date() } });
  });
}

function refuseOthers({ isOperator }: KeyOwner, key: ApiKeyRow | null): void {
  if (key === null) throw new AppError('key_not_found');
  if (key.scopes.includes('operator') && !isOperator) {
    throw new AppError('forbidden', 'Only an operator changes or revokes the key of an operator.');
  }
}

const ALL_SCOPES: Scope[] = ['read', 'write', 'admin', 'operator'];

/**
 * Makes sure that there is a first tenant and that this key is a key of it with every scope. May be called again and by several processes
 * at a time; a key that was revoked stays so. A key from before there were operators becomes one's: whoever may put a key into the
 * gateway's configuration operates the installation. Needs the worker role.
 *
 * @returns the tenant's id
 */
export function ensureBootstrapTenant(db: Database, key: { prefix: string; hash: Uint8Array }): Promise<string> {
  return withPrisma(db, null, async (prisma) => {
    await prisma.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('docusnap bootstrap'))`;
    const tenant =
      (await prisma.tenant.findFirst({
        where: { id: { not: V1_TENANT_ID }, erasingAt: null },
        orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
      })) ?? (await prisma.tenant.create({ data: { id: randomUUIDv7(), name: 'default' } }));
    const hash = new Uint8Array(key.hash);
    const known = await prisma.apiKey.findUnique({ where: { hash } });
    if (known === null) {
      const data = {
        id: randomUUIDv7(),
        tenantId: tenant.id,
        prefix: key.prefix,
        name: 'first key',
        scopes: ALL_SCOPES,
        hash,
      };
      await prisma.apiKey.create({ data });
    } else if (!known.scopes.includes('operator')) {
      await prisma.apiKey.updateMany({ where: { hash }, data: { scopes: ALL_SCOPES } });
    }
    return tenant.id;
  });
}

export function keyFrom({ hash: _hash, scopes, limits, ...row }: ApiKeyRow): ApiKey {
  return { ...row, scopes: scopes as Scope[], limits: limits as TenantLimits };
}
