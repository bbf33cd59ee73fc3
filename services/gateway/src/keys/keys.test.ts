import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { JobBody, KeyBody, KeyListBody, NewKeyBody, type Scope } from '@docusnap/contracts';
import { temporaryFolder } from '@docusnap/testing';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { form, openTestGateway, type TestGateway } from '../test-gateway.ts';
import { png } from '../test-pictures.ts';
import { hashApiKey, newApiKey } from './api-key.ts';
import { bootstrapKey } from './bootstrap.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await openTestGateway();
});
afterAll(() => gateway.close());

const create = (body: unknown, key?: string) =>
  gateway.call('/v1/keys', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    ...(key && { key }),
  });

test('a new key is shown once, works, and only its hash is stored', async () => {
  const answer = await create({ name: 'scanner', scopes: ['write'], expires_at: '2999-01-01T02:00:00+02:00' });
  expect(answer.status).toBe(201);
  const { key, ...shown } = NewKeyBody.parse(await answer.json());
  expect(shown).toMatchObject({ name: 'scanner', scopes: ['write'], prefix: key.slice(0, 11) });
  expect((await gateway.call('/v1/jobs', { method: 'POST', body: form([png()]), key })).status).toBe(202);
  const { keys } = KeyListBody.parse(await (await gateway.call('/v1/keys')).json());
  const listed = keys.find(({ id }) => id === shown.id);
  expect(KeyBody.parse(listed).last_used_at).not.toBeNull();
  expect(JSON.stringify(keys)).not.toContain(key);
  const { rows } = await gateway.worker.pool.query('SELECT * FROM api_keys WHERE id = $1', [shown.id]);
  expect(JSON.stringify(rows)).not.toContain(key.slice(12));
  expect(gateway.logged.join('')).not.toContain(key.slice(12));
});

test('a revoked key is refused from the next request on', async () => {
  const { id, key } = NewKeyBody.parse(await (await create({ name: 'lost', scopes: ['read'] })).json());
  expect((await gateway.call('/v1/jobs', { key })).status).toBe(200);
  expect((await gateway.call(`/v1/keys/${id}`, { method: 'DELETE' })).status).toBe(204);
  expect((await gateway.call('/v1/jobs', { key })).status).toBe(401);
  const { keys } = KeyListBody.parse(await (await gateway.call('/v1/keys')).json());
  expect(keys.find((listed) => listed.id === id)?.revoked_at).not.toBeNull();
});

test('jobs of a key that does without the page cache do without it, whatever they ask for', async () => {
  const { key, cache } = NewKeyBody.parse(
    await (await create({ name: 'bench', scopes: ['write'], cache: false })).json(),
  );
  expect(cache).toBe(false);
  const submit = async (options: object, sender?: string) => {
    const body = form([png()], { options: JSON.stringify(options) });
    const answer = await gateway.call('/v1/jobs', { method: 'POST', body, ...(sender && { key: sender }) });
    return JobBody.parse(await answer.json()).options.cache;
  };
  expect(await submit({}, key)).toBe(false);
  expect(await submit({ cache: true }, key)).toBe(false);
  expect(await submit({})).toBeUndefined();
  expect(await submit({ cache: false })).toBe(false);
});

test('a key that has expired is refused', async () => {
  const key = await gateway.addKey({ scopes: ['read'], expiresAt: new Date(Date.now() - 1_000) });
  expect((await gateway.call('/v1/jobs', { key })).status).toBe(401);
});

test.each<[Scope, Record<string, number>]>([
  ['read', { 'GET /v1/jobs': 200, 'POST /v1/jobs': 403, 'GET /v1/keys': 403 }],
  ['write', { 'GET /v1/jobs': 403, 'POST /v1/jobs': 202, 'GET /v1/keys': 403 }],
  ['admin', { 'GET /v1/jobs': 403, 'POST /v1/jobs': 403, 'GET /v1/keys': 200 }],
])('a key with the scope %s may do that and no more', async (scope, expected) => {
  const key = await gateway.addKey({ scopes: [scope] });
  const statuses = {
    'GET /v1/jobs': await gateway.call('/v1/jobs', { key }),
    'POST /v1/jobs': await gateway.call('/v1/jobs', { method: 'POST', body: form([png()]), key }),
    'GET /v1/keys': await gateway.call('/v1/keys', { key }),
  };
  expect(Object.fromEntries(Object.entries(statuses).map(([call, { status }]) => [call, status]))).toEqual(expected);
  const refused = Object.values(statuses).find(({ status }) => status === 403);
  expect(await refused?.json()).toMatchObject({ code: 'forbidden', retryable: false });
});

test('keys of another tenant are neither listed nor revoked', async () => {
  const tenantId = await gateway.addTenant();
  const stranger = await gateway.addKey({ scopes: ['admin'], tenantId });
  const { keys } = KeyListBody.parse(await (await gateway.call('/v1/keys', { key: stranger })).json());
  expect(keys).toHaveLength(1);
  for (const id of [keys[0]!.id, randomUUID(), 'x']) {
    const answer = await gateway.call(`/v1/keys/${id}`, { method: 'DELETE' });
    expect({ status: answer.status, code: (await answer.json()).code }).toEqual({ status: 404, code: 'key_not_found' });
  }
  expect((await gateway.call('/v1/keys', { key: stranger })).status).toBe(200);
});

test('name, expiry and limits of a key are changed without making it anew', async () => {
  const { id, key } = NewKeyBody.parse(await (await create({ name: 'scanner', limits: { pages_per_day: 9 } })).json());
  const change = (body: unknown) =>
    gateway.call(`/v1/keys/${id}`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const changed = await change({
    name: 'scanner 2',
    limits: { requests_per_minute: 2 },
    expires_at: '2999-01-01T00:00:00Z',
  });
  expect(KeyBody.parse(await changed.json())).toMatchObject({
    name: 'scanner 2',
    limits: { requests_per_minute: 2 },
    expires_at: '2999-01-01T00:00:00.000Z',
  });
  expect(KeyBody.parse(await (await change({ expires_at: null })).json())).toMatchObject({
    name: 'scanner 2',
    expires_at: null,
  });
  for (const body of [
    { scopes: ['admin'] },
    { limits: { pages_per_day: -1 } },
    { expires_at: '2001-01-01T00:00:00Z' },
  ]) {
    expect((await change(body)).status).toBe(400);
  }
  for (let request = 0; request < 2; request += 1) expect((await gateway.call('/v1/jobs', { key })).status).toBe(200);
  const refused = await gateway.call('/v1/jobs', { key });
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(50);
  expect(await refused.json()).toMatchObject({ code: 'too_many_requests', retryable: true });
  expect((await gateway.call('/v1/jobs')).status).toBe(200);
});

test('a submit beyond the pages of the day is refused until midnight by UTC, and leaves nothing', async () => {
  const { key } = NewKeyBody.parse(await (await create({ name: 'small', limits: { pages_per_day: 1 } })).json());
  const before = await gateway.leftovers();
  const body = form([png(), png()]);
  const refused = await gateway.call('/v1/jobs', { method: 'POST', body, key });
  expect(refused.status).toBe(429);
  const midnight = new Date().setUTCHours(24, 0, 0, 0);
  expect(Math.abs(Number(refused.headers.get('retry-after')) - (midnight - Date.now()) / 1_000)).toBeLessThan(60);
  expect(await refused.json()).toMatchObject({ code: 'page_budget_spent', retryable: true });
  await gateway.ports.running.settled();
  expect(await gateway.leftovers()).toEqual(before);
  expect((await gateway.call('/v1/jobs', { method: 'POST', body: form([png()]), key })).status).toBe(202);
});

test('only an operator makes, changes or revokes an operator’s key', async () => {
  const admin = await gateway.addKey({ scopes: ['read', 'write', 'admin'] });
  expect((await create({ name: 'more', scopes: ['operator'] }, admin)).status).toBe(403);
  const made = await create({ name: 'more', scopes: ['operator', 'read'] });
  expect(made.status).toBe(201);
  const { id, key } = NewKeyBody.parse(await made.json());
  expect((await gateway.call('/v1/tenants', { key })).status).toBe(200);
  expect((await gateway.call('/v1/tenants', { key: admin })).status).toBe(403);
  expect((await gateway.call(`/v1/keys/${id}`, { method: 'DELETE', key: admin })).status).toBe(403);
  expect((await gateway.call(`/v1/keys/${id}`, { method: 'DELETE' })).status).toBe(204);
});

test('unknown, revoked and expired keys and no key at all are answered alike', async () => {
  const { id, key: revoked } = NewKeyBody.parse(await (await create({ name: 'revoked' })).json());
  await gateway.call(`/v1/keys/${id}`, { method: 'DELETE' });
  const expired = await gateway.addKey({ scopes: ['read'], expiresAt: new Date(Date.now() - 1_000) });
  const answers = await Promise.all(
    [newApiKey(), revoked, expired, 'a.b.c', null].map(async (key) => {
      const answer = await gateway.call('/v1/jobs', { key });
      const { request_id: _, ...problem } = (await answer.json()) as Record<string, unknown>;
      const { date: _date, 'x-request-id': _id, ...headers } = Object.fromEntries(answer.headers);
      return { status: answer.status, problem, headers };
    }),
  );
  expect(answers[0]?.status).toBe(401);
  for (const answer of answers) expect(answer).toEqual(answers[0]);
});

test.each([
  [{ scopes: ['read'] }],
  [{ name: '', scopes: ['read'] }],
  [{ name: 'x', scopes: [] }],
  [{ name: 'x', scopes: ['root'] }],
  [{ name: 'x', expires_at: '2001-01-01T00:00:00Z' }],
  [{ name: 'x', tenant: 'y' }],
  [null],
])('%j makes no key', async (body) => {
  const answer = await create(body);
  expect({ status: answer.status, code: (await answer.json()).code }).toEqual({ status: 400, code: 'bad_request' });
});

test('limits of any size that is taken can be counted with', async () => {
  const sizes = {
    requests_per_minute: 2 ** 31,
    pages_per_day: 2 ** 53 - 1,
    waiting_units: 2 ** 53 - 1,
    retention_seconds: 2 ** 53 - 1,
  };
  for (const [name, size] of Object.entries(sizes)) {
    const made = await create({ name, limits: { [name]: size } });
    if (made.status === 400) continue;
    const { key } = NewKeyBody.parse(await made.json());
    expect([name, (await gateway.call('/v1/jobs', { key })).status]).toEqual([name, 200]);
    const submitted = await gateway.call('/v1/jobs', { method: 'POST', key, body: form([png()]) });
    expect([name, submitted.status]).toEqual([name, 202]);
  }
  const largest = await create({
    name: 'x',
    limits: { requests_per_minute: 2 ** 31 - 1, retention_seconds: 10 * 365 * 86_400 },
  });
  const { key } = NewKeyBody.parse(await largest.json());
  expect((await gateway.call('/v1/jobs', { key })).status).toBe(200);
});

test('a body that is no JSON, too large or of another type makes no key', async () => {
  const post = (body: string, type = 'application/json') =>
    gateway.call('/v1/keys', { method: 'POST', headers: { 'content-type': type }, body });
  expect(await (await post('{')).json()).toMatchObject({ status: 400, code: 'malformed_json' });
  expect(await (await post(`"${'x'.repeat(20_000)}"`)).json()).toMatchObject({ status: 413, code: 'body_too_large' });
  expect(await (await post('{}', 'text/plain')).json()).toMatchObject({ status: 415, code: 'unsupported_media_type' });
});

test.each([
  ['no header', undefined],
  ['another scheme', 'Basic abc'],
  ['no key', 'Bearer '],
  ['something else', 'Bearer letmein'],
  ['a key that nobody has', `Bearer ${newApiKey()}`],
])('%s is unauthorized', async (_what, authorization) => {
  const answer = await gateway.call('/v1/jobs', { key: null, ...(authorization && { headers: { authorization } }) });
  expect(answer.status).toBe(401);
  expect(answer.headers.get('www-authenticate')).toBe('Bearer');
  expect(await answer.json()).toMatchObject({ code: 'unauthorized' });
});

test('two keys are never alike, and what is no key has no hash', () => {
  const [one, other] = [newApiKey(), newApiKey()];
  expect(hashApiKey(one)!.hash.equals(hashApiKey(other)!.hash)).toBe(false);
  for (const text of ['', 'ds_', `${one}x`, one.slice(1), one.toUpperCase()]) expect(hashApiKey(text)).toBeUndefined();
});

test('the key in the bootstrap file is the first tenant’s, also when the process starts again', async () => {
  const folder = await temporaryFolder();
  try {
    const path = join(folder.path, 'key');
    const key = newApiKey();
    await writeFile(path, `${key}\n`);
    await bootstrapKey(gateway.worker, path);
    await bootstrapKey(gateway.worker, path);
    const { keys } = KeyListBody.parse(await (await gateway.call('/v1/keys', { key })).json());
    const mine = keys.filter(({ prefix }) => prefix === key.slice(0, 11));
    expect(mine.map(({ scopes }) => scopes.toSorted())).toEqual([['admin', 'operator', 'read', 'write']]);
  } finally {
    await folder.remove();
  }
});

test('a bootstrap file that is missing or holds no key is an error that does not show what is in it', async () => {
  const folder = await temporaryFolder();
  try {
    const path = join(folder.path, 'key');
    await expect(bootstrapKey(gateway.worker, path)).rejects.toThrow(`${path} cannot be read (ENOENT)`);
    await writeFile(path, 'hunter2');
    await expect(bootstrapKey(gateway.worker, path)).rejects.toThrow('does not hold an API key');
    await expect(bootstrapKey(gateway.worker, path)).rejects.not.toThrow('hunter2');
  } finally {
    await folder.remove();
  }
});
