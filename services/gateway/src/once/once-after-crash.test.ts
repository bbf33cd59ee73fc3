import { randomUUID } from 'node:crypto';
import { JobBody } from '@docusnap/contracts';
import { abandonOnce, beginOnce, createKey, createTenant, createWebhook, type DoneRequest } from '@docusnap/db';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { hashApiKey, newApiKey } from '../keys/api-key.ts';
import { form, openTestGateway, type TestGateway } from '../test-gateway.ts';
import { pdf } from '../test-pictures.ts';
import { newSecret } from '../webhooks/secrets.ts';
import { digestOf } from './digest.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await openTestGateway();
});
afterAll(() => gateway.close());

const PICTURE = pdf({ bytes: 4_000 });
const post = (key: string) =>
  gateway.call('/v1/jobs', { method: 'POST', body: form([PICTURE]), headers: { 'idempotency-key': key } });
const postJson = (key: string, path: string, body?: unknown) =>
  gateway.call(path, {
    method: 'POST',
    headers: { 'idempotency-key': key, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });

test('a process that died before its job was stored holds the key up for a lease; one that died after it left the job', async () => {
  const dead = { tenantId: gateway.tenantId, key: randomUUID(), token: randomUUID() };
  await beginOnce(gateway.ports.db, dead);
  expect((await post(dead.key)).status).toBe(409);
  await gateway.worker.pool.query(
    "UPDATE idempotency_keys SET leased_until = now() - interval '1 second' WHERE key = $1",
    [dead.key],
  );
  const job = JobBody.parse(await (await post(dead.key)).json());
  await abandonOnce(gateway.ports.db, dead);
  expect(await (await post(dead.key)).json()).toMatchObject({ id: job.id });
});

const newKey = () => ({ name: 'k', scopes: ['read'] as const, expiresAt: null, ...hashApiKey(newApiKey())! });

test.each<[string, { table: string; body: object; make: Make }]>([
  [
    'key',
    {
      table: 'api_keys',
      body: { name: 'k', scopes: ['read'] },
      make: (once) => createKey(gateway.ports.db, gateway.tenantId, newKey(), { once }),
    },
  ],
  [
    'webhook',
    {
      table: 'webhooks',
      body: { url: 'https://example.org/hook', events: ['job.completed'] },
      make: (once) => {
        const { stored } = newSecret(gateway.ports.masterKeys);
        const more = { keyId: null, onlyNamed: false, events: ['job.completed'] as const };
        const webhook = { id: randomUUID(), url: 'https://example.org/hook', name: '', ...more };
        return createWebhook(gateway.ports.db, gateway.tenantId, { webhook, secret: stored }, { once });
      },
    },
  ],
  [
    'tenant',
    {
      table: 'tenants',
      body: { name: 't' },
      make: (once) => createTenant(gateway.ports.operatorDb, { name: 't', limits: {} }, newKey(), { once }),
    },
  ],
])('of a process that died once it had made a %s nothing is made again', async (what, { table, body, make }) => {
  const held = { tenantId: gateway.tenantId, key: randomUUID(), token: randomUUID() };
  const said = { method: 'POST', target: `/v1/${what}s`, fields: body, files: [] };
  const digest = await digestOf(said, `${held.tenantId} ${held.key}`);
  await beginOnce(gateway.ports.db, held);
  await make({ ...held, digest, status: 201, location: null, made: { secret: true } });
  const count = async () => (await gateway.worker.pool.query(`SELECT count(*) FROM ${table}`)).rows[0].count;
  const before = await count();
  const again = await postJson(held.key, `/v1/${what}s`, body);
  expect([again.status, (await again.json()).code]).toEqual([409, 'idempotency_answer_withheld']);
  // Who has lost the key to another makes nothing.
  await expect(make({ ...held, digest, status: 201, location: null, made: null })).rejects.toMatchObject({
    code: 'idempotency_key_in_use',
  });
  expect(await count()).toBe(before);
});

test.each([
  ['cancel', 'cancel_job', true],
  ['cancel', 'cancel_job', false],
  ['retry', 'retry_job', true],
  ['retry', 'retry_job', false],
])('a %s whose answer from the database was lost is done once (%s, took place: %s)', async (call, name, takesPlace) => {
  const { id } = JobBody.parse(await (await post(randomUUID())).json());
  if (call === 'retry') await postJson(randomUUID(), `/v1/jobs/${id}/cancel`);
  const key = randomUUID();
  loseAnswer(name, takesPlace);
  expect((await postJson(key, `/v1/jobs/${id}/${call}`)).status).toBe(503);
  const again = await postJson(key, `/v1/jobs/${id}/${call}`);
  expect([again.ok, again.headers.get('idempotent-replayed')]).toEqual([true, takesPlace ? 'true' : null]);
  expect(await again.json()).toMatchObject({ id, status: call === 'cancel' ? 'cancelled' : 'opening' });
});

test.each([
  ['took place, is one job when it comes again', true],
  ['did not take place, makes its job when it comes again', false],
])('a submit whose answer from the database was lost, and which %s', async (_what, takesPlace) => {
  const key = randomUUID();
  const before = await gateway.leftovers();
  loseAnswer('create_jobs', takesPlace);
  const lost = await post(key);
  expect([lost.status, (await lost.json()).code]).toEqual([503, 'database_unavailable']);
  await gateway.ports.running.settled();
  const between = await gateway.leftovers();
  expect(between.blobs).toBe(before.blobs + (takesPlace ? 1 : 0));
  const again = await post(key);
  expect([again.status, again.headers.get('idempotent-replayed')]).toEqual([202, takesPlace ? 'true' : null]);
  expect(await gateway.leftovers()).toEqual({ rows: before.rows + 3, blobs: before.blobs + 1 });
});

type Make = (once: DoneRequest) => Promise<unknown>;

/** As if the network broke after the next statement of that name had been sent, or before. */
function loseAnswer(name: string, takesPlace: boolean): void {
  const { pool } = gateway.ports.db;
  const query = pool.query.bind(pool);
  const losing = async (text: string, values: unknown[]) => {
    if (!text.includes(name)) return query(text, values);
    Object.assign(pool, { query });
    if (takesPlace) await query(text, values);
    throw Object.assign(new Error('lost'), { code: 'ECONNRESET' });
  };
  Object.assign(pool, { query: losing });
}
