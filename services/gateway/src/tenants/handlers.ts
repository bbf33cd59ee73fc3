import { AppError, ChangeTenantBody, CreateTenantBody, type TenantBody } from '@docusnap/contracts';
import { changeTenant, createTenant, listTenants, readTenant, startErasingTenant, type Tenant } from '@docusnap/db';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { explain } from '../explain.ts';
import { decodeCursor, encodeCursor } from '../jobs/cursor.ts';
import { readJson } from '../json-body.ts';
import { hashApiKey, newApiKey } from '../keys/api-key.ts';
import { doneInSecret } from '../once/once.ts';
import type { Ports } from '../ports.ts';
import { keyBody } from '../present.ts';
import { type Call, idOf } from '../route.ts';

const TENANT_BODY_BYTES = 16 * 1024;

export const TenantListQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(50),
  cursor: z.string().max(200).optional().describe('next_cursor of the list before.'),
});

/** `POST /v1/tenants`: with its first key, which only this answer shows. */
export async function create(ports: Ports, { request, response, once }: Call<object>): Promise<void> {
  const { name, limits } = await readBody(CreateTenantBody, request, response);
  const key = newApiKey();
  const made = await createTenant(
    ports.operatorDb,
    { name: storable(name), limits },
    { name: 'first key', scopes: ['read', 'write', 'admin'], expiresAt: null, ...hashApiKey(key)! },
    { once: doneInSecret(once) },
  );
  response.set('cache-control', 'no-store').location(`/v1/tenants/${made.tenant.id}`);
  response.status(201).json({ ...tenantBody(made.tenant), key: { ...keyBody(made.key), key } });
}

/** `GET /v1/tenants`: newest first. */
export async function list(ports: Ports, { response, query }: Call<z.output<typeof TenantListQuery>>): Promise<void> {
  const after = query.cursor === undefined ? undefined : decodeCursor(query.cursor);
  const found = await listTenants(ports.operatorDb, { limit: query.limit + 1, after });
  const tenants = found.slice(0, query.limit);
  const last = found.length > query.limit ? tenants.at(-1) : undefined;
  response.json({ tenants: tenants.map(tenantBody), next_cursor: last ? encodeCursor(last) : null });
}

/** `GET /v1/tenants/{id}`. */
export async function get(ports: Ports, { request, response }: Call<object>): Promise<void> {
  response.json(tenantBody(await readTenant(ports.operatorDb, idOf(request, 'tenant_not_found'))));
}

/** `PATCH /v1/tenants/{id}`. */
export async function change(ports: Ports, { request, response }: Call<object>): Promise<void> {
  const id = idOf(request, 'tenant_not_found');
  const { name, ...rest } = await readBody(ChangeTenantBody, request, response);
  const changed = await changeTenant(ports.operatorDb, id, {
    ...rest,
    name: name === undefined ? undefined : storable(name),
  });
  response.json(tenantBody(changed));
}

/** `DELETE /v1/tenants/{id}`: its keys are refused from now on; its jobs, and then all else, go in the background. */
export async function erase(ports: Ports, { request, response, caller }: Call<object>): Promise<void> {
  const id = idOf(request, 'tenant_not_found');
  if (id === caller.tenantId) throw new AppError('own_tenant');
  response.status(202).json(tenantBody(await startErasingTenant(ports.operatorDb, id)));
}

async function readBody<Schema extends z.ZodType>(
  schema: Schema,
  request: Request,
  response: Response,
): Promise<z.output<Schema>> {
  if (!request.is('application/json')) throw new AppError('unsupported_media_type', 'Send application/json.');
  const parsed = schema.safeParse(await readJson(request, response, TENANT_BODY_BYTES));
  if (!parsed.success) throw new AppError('bad_request', explain(parsed.error));
  return parsed.data;
}

/** PostgreSQL takes neither half surrogates nor U+0000. */
function storable(text: string): string {
  return text.toWellFormed().replaceAll('\0', '');
}

function tenantBody({ id, name, limits, status, createdAt }: Tenant): TenantBody {
  return { id, name, limits, status, created_at: createdAt.toISOString() };
}
