import { randomUUIDv7 } from 'node:crypto';
import { type ApiKey, AppError, type TenantLimits } from '@docusnap/contracts';
import { type Database, queryOne } from './connection.ts';
import type { Tenant as TenantRow } from './generated/client.ts';
import { keyFrom, type NewKey } from './keys.ts';
import { finishWithPrisma, type OnceOptions } from './once.ts';
import { withPrisma } from './prisma.ts';
import { V1_TENANT_ID } from './v1-tasks.ts';

// For operators: all of it needs the worker role.

export interface Tenant {
  readonly id: string;
  readonly name: string;
  readonly limits: TenantLimits;
  readonly status: 'active' | 'suspended' | 'erasing';
  readonly createdAt: Date;
}

/** Those created after it come before. */
export interface TenantCursor {
  readonly createdAt: Date;
  readonly id: string;
}

export interface TenantChange {
  readonly name?: string | undefined;
  readonly limits?: TenantLimits | undefined;
  readonly suspended?: boolean | undefined;
}

/** A tenant and its first key, both or none. Throws `idempotency_key_in_use`. */
export function createTenant(
  db: Database,
  { name, limits }: { readonly name: string; readonly limits: TenantLimits },
  key: NewKey,
  options: OnceOptions = {},
): Promise<{ tenant: Tenant; key: ApiKey }> {
  return withPrisma(db, null, async (prisma) => {
    const tenant = await prisma.tenant.create({ data: { id: randomUUIDv7(), name, limits } });
    const { limits: keyLimits = {}, ...rest } = key;
    const data = {
      ...rest,
      id: randomUUIDv7(),
      tenantId: tenant.id,
      limits: keyLimits,
      scopes: [...key.scopes],
      hash: new Uint8Array(key.hash),
    };
    const made = { tenant: tenantFrom(tenant), key: keyFrom(await prisma.apiKey.create({ data })) };
    await finishWithPrisma(prisma, options);
    return made;
  });
}

/** Newest first. */
export function listTenants(
  db: Database,
  { limit, after }: { readonly limit: number; readonly after?: TenantCursor | undefined },
): Promise<Tenant[]> {
  return withPrisma(db, null, async (prisma) => {
    const older = after && {
      OR: [{ createdAt: { lt: after.createdAt } }, { createdAt: after.createdAt, id: { lt: after.id } }],
    };
    const rows = await prisma.tenant.findMany({
      where: { ...older },
      orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
      take: limit,
    });
    return rows.map(tenantFrom);
  });
}

/** Throws `tenant_not_found`. */
export function readTenant(db: Database, tenantId: string): Promise<Tenant> {
  return withPrisma(db, null, async (prisma) => {
    const row = await prisma.tenant.findUnique({ where: { id: tenantId } });
    if (row === null) throw new AppError('tenant_not_found');
    return tenantFrom(row);
  });
}

/** The tenant as it is then; limits count from the next request on. Throws `tenant_not_found`. */
export function changeTenant(db: Database, tenantId: string, change: TenantChange): Promise<Tenant> {
  return withPrisma(db, null, async (prisma) => {
    const known = await prisma.tenant.findUnique({ where: { id: tenantId } });
    if (known === null) throw new AppError('tenant_not_found');
    const { suspended, ...given } = change;
    const suspendedAt =
      suspended === undefined ? known.suspendedAt : suspended ? (known.suspendedAt ?? new Date()) : null;
    const data = Object.fromEntries(
      Object.entries({ ...given, suspendedAt }).filter(([, value]) => value !== undefined),
    );
    return tenantFrom(await prisma.tenant.update({ where: { id: tenantId }, data }));
  });
}

/**
 * From now on the tenant is as good as gone: its keys are refused, nothing is submitted any more. What it had is erased in the background
 * (`eraseTenants`). Doing it again changes nothing. Throws `tenant_not_found`.
 */
export function startErasingTenant(db: Database, tenantId: string): Promise<Tenant> {
  return withPrisma(db, null, async (prisma) => {
    // That of DocuSnap v1 clients is the installation's own, and would only be made again.
    const found = tenantId === V1_TENANT_ID ? null : await prisma.tenant.findUnique({ where: { id: tenantId } });
    if (found === null) throw new AppError('tenant_not_found');
    if (found.erasingAt !== null) return tenantFrom(found);
    return tenantFrom(await prisma.tenant.update({ where: { id: tenantId }, data: { erasingAt: new Date() } }));
  });
}

/** One transaction's worth of what is to be erased; gives how many jobs and tenants went. 0: nothing is left that nobody else has in hand. */
export async function eraseTenants(
  db: Database,
  most: { readonly jobs: number; readonly pages: number },
): Promise<number> {
  const { erased } = await queryOne<{ erased: number }>(db, 'SELECT erase_tenants($1, $2) AS erased', [
    most.jobs,
    most.pages,
  ]);
  return erased;
}

function tenantFrom({ id, name, limits, createdAt, suspendedAt, erasingAt }: TenantRow): Tenant {
  const status = erasingAt !== null ? 'erasing' : suspendedAt !== null ? 'suspended' : 'active';
  return { id, name, limits: limits as TenantLimits, status, createdAt };
}
