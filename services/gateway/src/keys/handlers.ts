import { AppError, type Caller, ChangeKeyBody, CreateKeyBody } from '@docusnap/contracts';
import { changeKey, createKey, type KeyOwner, listKeys, revokeKey } from '@docusnap/db';
import type { Request, Response } from 'express';
import type { z } from 'zod';
import { explain } from '../explain.ts';
import { readJson } from '../json-body.ts';
import { doneInSecret } from '../once/once.ts';
import type { Ports } from '../ports.ts';
import { keyBody } from '../present.ts';
import { type Call, idOf } from '../route.ts';
import { hashApiKey, newApiKey } from './api-key.ts';

const KEY_BODY_BYTES = 16 * 1024;

/** `POST /v1/keys`: the only answer that shows the key. */
export async function create(ports: Ports, { request, response, caller, once }: Call<object>): Promise<void> {
  const { name, scopes, expires_at, cache, limits } = await readBody(CreateKeyBody, request, response);
  if (scopes.includes('operator') && !ownerOf(caller).isOperator) {
    throw new AppError('forbidden', 'Only an operator makes keys with the scope "operator".');
  }
  const key = newApiKey();
  const { prefix, hash } = hashApiKey(key)!;
  const asked = { name: storable(name), scopes: [...new Set(scopes)], cache, limits };
  const stored = await createKey(
    ports.db,
    caller.tenantId,
    { ...asked, expiresAt: expiryOf(expires_at) ?? null, prefix, hash },
    { once: doneInSecret(once) },
  );
  response.set('cache-control', 'no-store').location(`/v1/keys/${stored.id}`);
  response.status(201).json({ ...keyBody(stored), key });
}

/** `GET /v1/keys`: all keys of the tenant, the revoked ones too. */
export async function listAll(ports: Ports, { response, caller }: Call<object>): Promise<void> {
  const keys = await listKeys(ports.db, caller.tenantId);
  response.json({ keys: keys.map(keyBody) });
}

/** `PATCH /v1/keys/{id}`: counts from the next request on. */
export async function change(ports: Ports, { request, response, caller }: Call<object>): Promise<void> {
  const id = idOf(request, 'key_not_found');
  const { name, expires_at, limits } = await readBody(ChangeKeyBody, request, response);
  const changed = await changeKey(ports.db, ownerOf(caller), id, {
    name: name === undefined ? undefined : storable(name),
    expiresAt: expiryOf(expires_at),
    limits,
  });
  response.json(keyBody(changed));
}

/** `DELETE /v1/keys/{id}`: the key is refused from the next request on. */
export async function revoke(ports: Ports, { request, response, caller }: Call<object>): Promise<void> {
  await revokeKey(ports.db, ownerOf(caller), idOf(request, 'key_not_found'));
  response.status(204).end();
}

function ownerOf({ tenantId, scopes }: Caller): KeyOwner {
  return { tenantId, isOperator: scopes.includes('operator') };
}

async function readBody<Schema extends z.ZodType>(
  schema: Schema,
  request: Request,
  response: Response,
): Promise<z.output<Schema>> {
  if (!request.is('application/json')) throw new AppError('unsupported_media_type', 'Send application/json.');
  const parsed = schema.safeParse(await readJson(request, response, KEY_BODY_BYTES));
  if (!parsed.success) throw new AppError('bad_request', explain(parsed.error));
  return parsed.data;
}

function expiryOf<Given extends string | null | undefined>(given: Given): Date | Exclude<Given, string> {
  if (typeof given !== 'string') return given as Exclude<Given, string>;
  const expiry = new Date(given);
  if (expiry.getTime() <= Date.now()) throw new AppError('bad_request', 'expires_at lies in the past.');
  return expiry;
}

/** PostgreSQL takes neither half surrogates nor U+0000. */
function storable(text: string): string {
  return text.toWellFormed().replaceAll('\0', '');
}
