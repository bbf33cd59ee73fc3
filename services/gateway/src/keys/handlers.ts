import { AppError, CreateKeyBody } from '@docusnap/contracts';
import { createKey, listKeys, revokeKey } from '@docusnap/db';
import { explain } from '../explain.ts';
import { readJson } from '../json-body.ts';
import type { Ports } from '../ports.ts';
import { keyBody } from '../present.ts';
import { type Call, idOf } from '../route.ts';
import { hashApiKey, newApiKey } from './api-key.ts';

const KEY_BODY_BYTES = 16 * 1024;

/** `POST /v1/keys`: the only answer that shows the key. */
export async function create(ports: Ports, { request, response, caller }: Call<object>): Promise<void> {
  if (!request.is('application/json')) throw new AppError('unsupported_media_type', 'Send application/json.');
  const parsed = CreateKeyBody.safeParse(await readJson(request, response, KEY_BODY_BYTES));
  if (!parsed.success) throw new AppError('bad_request', explain(parsed.error));
  const { name, scopes, expires_at, cache } = parsed.data;
  const expiresAt = expires_at === undefined ? null : new Date(expires_at);
  if (expiresAt && expiresAt.getTime() <= Date.now()) throw new AppError('bad_request', 'expires_at lies in the past.');
  const key = newApiKey();
  const { prefix, hash } = hashApiKey(key)!;
  const stored = await createKey(ports.db, caller.tenantId, {
    name: name.toWellFormed().replaceAll('\0', ''),
    scopes: [...new Set(scopes)],
    cache,
    expiresAt,
    prefix,
    hash,
  });
  response.set('cache-control', 'no-store');
  response.status(201).json({ ...keyBody(stored), key });
}

/** `GET /v1/keys`: all keys of the tenant, the revoked ones too. */
export async function listAll(ports: Ports, { response, caller }: Call<object>): Promise<void> {
  const keys = await listKeys(ports.db, caller.tenantId);
  response.json({ keys: keys.map(keyBody) });
}

/** `DELETE /v1/keys/{id}`: the key is refused from the next request on. */
export async function revoke(ports: Ports, { request, response, caller }: Call<object>): Promise<void> {
  await revokeKey(ports.db, caller.tenantId, idOf(request, 'key_not_found'));
  response.status(204).end();
}
