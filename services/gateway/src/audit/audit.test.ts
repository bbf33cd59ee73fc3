import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { AuditListBody, JobBody, NewKeyBody } from '@docusnap/contracts';
import { closeDatabase, type Database, openDatabase } from '@docusnap/db';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { newApiKey } from '../keys/api-key.ts';
import { form, openTestGateway, type TestGateway } from '../test-gateway.ts';
import { png } from '../test-pictures.ts';
import { openAuditTrail } from './trail.ts';

let gateway: TestGateway;
let owner: Database;
beforeAll(async () => {
  gateway = await openTestGateway({ audit: { writeMs: 20, refusalsMs: 1_000 } });
  owner = openDatabase(gateway.urls.ownerUrl, { poolSize: 1 });
});
afterAll(async () => {
  await closeDatabase(owner);
  await gateway.close();
});

type Entry = ReturnType<typeof AuditListBody.parse>['entries'][number];

/** Entries as soon as there are so many that fit. */
async function entries(fits: (entry: Entry) => boolean, count: number, query = '', key?: string): Promise<Entry[]> {
  for (;;) {
    const answer = await gateway.call(`/v1/audit${query}`, key === undefined ? {} : { key });
    const found = AuditListBody.parse(await answer.json()).entries.filter(fits);
    if (found.length >= count) return found;
    await delay(20);
  }
}

test('who made, erased or was denied what is taken down, what was only read is not, and nothing of a document is', async () => {
  const made = await gateway.call('/v1/keys', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'a telling name', scopes: ['read', 'write'] }),
  });
  const { id: keyId, key } = NewKeyBody.parse(await made.json());
  const body = form([png()], { metadata: JSON.stringify({ secret: 'of the client' }) });
  const submitted = await gateway.call('/v1/jobs', { method: 'POST', body, key });
  const { id } = JobBody.parse(await submitted.json());
  await gateway.call(`/v1/jobs/${id}`, { key });
  await gateway.call(`/v1/jobs/${id}`, { method: 'DELETE', key, headers: { 'x-request-id': 'my-request' } });
  await gateway.call('/v1/keys', { key });
  const found = await entries((entry) => entry.key_id === keyId, 3);
  const common = { tenant_id: gateway.tenantId, key_id: keyId, subject: null, address: '127.0.0.1', times: 1 };
  expect(found).toEqual([
    {
      ...common,
      at: expect.any(String),
      action: 'GET /v1/keys',
      target: null,
      status: 403,
      request_id: expect.any(String),
    },
    {
      ...common,
      at: expect.any(String),
      action: 'DELETE /v1/jobs/{id}',
      target: id,
      status: 204,
      request_id: 'my-request',
    },
    {
      ...common,
      at: expect.any(String),
      action: 'POST /v1/jobs',
      target: id,
      status: 202,
      request_id: submitted.headers.get('x-request-id'),
    },
  ]);
  expect((await entries(({ target }) => target === keyId, 1))[0]).toMatchObject({
    action: 'POST /v1/keys',
    status: 201,
  });
  const { rows } = await owner.pool.query('SELECT to_jsonb(a)::text AS row FROM audit_log a');
  const all = rows.map(({ row }) => row).join();
  for (const secret of [key, key.slice(12), 'a telling name', 'of the client', 'file-0'])
    expect(all).not.toContain(secret);
});

test('refusals of one address become one entry a while, which operators see and tenants do not', async () => {
  const attempts = Array.from({ length: 25 }, () => gateway.call('/v1/jobs/00000000', { key: newApiKey() }));
  for (const { status } of await Promise.all(attempts)) expect(status).toBe(401);
  const isRefusal = ({ status }: Entry) => status === 401;
  let found: Entry[] = [];
  while (found.reduce((sum, { times }) => sum + times, 0) < 25) {
    await delay(20);
    found = await entries(isRefusal, 1, '?all=true');
  }
  expect(found.reduce((sum, { times }) => sum + times, 0)).toBe(25);
  expect(found.length).toBeLessThan(5);
  expect(found[0]).toMatchObject({
    tenant_id: null,
    key_id: null,
    action: 'GET /v1/jobs/{id}',
    target: null,
    address: '127.0.0.1',
  });
  expect(await entries(isRefusal, 0)).toEqual([]);
  const admin = await gateway.addKey({ scopes: ['admin'] });
  expect((await gateway.call('/v1/audit?all=true', { key: admin })).status).toBe(403);
});

test('a tenant sees its own entries only, newest first, part by part and between two times', async () => {
  const tenantId = await gateway.addTenant();
  const key = await gateway.addKey({ scopes: ['read', 'write', 'admin'], tenantId });
  for (let job = 0; job < 3; job += 1) await gateway.call('/v1/jobs', { method: 'POST', body: form([png()]), key });
  const all = await entries(() => true, 3, '', key);
  expect(all.map(({ tenant_id }) => tenant_id)).toEqual([tenantId, tenantId, tenantId]);
  const read = async (query: string) =>
    AuditListBody.parse(await (await gateway.call(`/v1/audit${query}`, { key })).json());
  const first = await read('?limit=2');
  expect(first.entries).toEqual(all.slice(0, 2));
  expect(await read(`?limit=2&cursor=${first.next_cursor}`)).toEqual({ entries: all.slice(2), next_cursor: null });
  expect((await read('?to=2001-01-01T00:00:00Z')).entries).toEqual([]);
  expect((await read('?from=2001-01-01T00:00:00Z')).entries).toHaveLength(3);
  expect((await gateway.call('/v1/audit?cursor=x', { key })).status).toBe(400);
});

test('what is not written yet is written when the process stops, also when the database was away for a while', async () => {
  const blocked = openDatabase('postgresql://nobody@127.0.0.1:1/nowhere');
  let db = blocked;
  const log = pino({ level: 'silent' });
  const around = {
    get pool() {
      return db.pool;
    },
    prisma: null,
    gatherings: new Map(),
    endedJobs: blocked.endedJobs,
    presence: null,
  };
  const trail = openAuditTrail({ db: around, log, writeMs: 10 });
  const entry = {
    at: new Date(),
    tenantId: null,
    keyId: null,
    subject: 'x',
    action: 'POST /late',
    target: null,
    status: 200,
    requestId: 'r',
    address: null,
  };
  for (let index = 0; index < 1_200; index += 1) trail.note(entry);
  trail.noteRefusal({ ...entry, action: 'GET /late' });
  await delay(50);
  db = gateway.worker;
  await trail.close();
  await closeDatabase(blocked);
  const { rows } = await owner.pool.query(
    "SELECT action, count(*)::integer AS rows FROM audit_log WHERE subject = 'x' GROUP BY 1 ORDER BY 1",
  );
  expect(rows).toEqual([
    { action: 'GET /late', rows: 1 },
    { action: 'POST /late', rows: 1_200 },
  ]);
});

test('however many addresses are refused, no more than a thousand and one entries wait', async () => {
  const trail = openAuditTrail({ db: gateway.worker, log: pino({ level: 'silent' }), writeMs: 60_000 });
  const entry = {
    at: new Date(),
    tenantId: null,
    keyId: null,
    subject: null,
    action: 'GET /many',
    target: null,
    status: 401,
    requestId: 'r',
    address: null,
  };
  for (let index = 0; index < 5_000; index += 1)
    trail.noteRefusal({ ...entry, address: `10.0.${index >> 8}.${index & 255}` });
  await trail.close();
  const { rows } = await owner.pool.query(
    "SELECT count(*)::integer AS rows, sum(times)::integer AS times FROM audit_log WHERE action = 'GET /many'",
  );
  expect(rows).toEqual([{ rows: 1_001, times: 5_000 }]);
});

test('nobody who serves can change or remove an entry', async () => {
  for (const db of [gateway.worker, gateway.ports.db]) {
    for (const statement of [
      'UPDATE audit_log SET status = 200',
      'DELETE FROM audit_log',
      'TRUNCATE audit_log',
      'SELECT * FROM audit_log_default',
    ]) {
      await expect(db.pool.query(statement)).rejects.toMatchObject({ code: '42501' });
    }
  }
  await expect(
    gateway.ports.db.pool.query(
      "INSERT INTO audit_log (id, action, status, request_id) VALUES (gen_random_uuid(), 'x', 1, 'x')",
    ),
  ).rejects.toMatchObject({ code: '42501' });
});

test('who goes away before anybody has looked who it is, is named all the same', async () => {
  const made = await gateway.addKey({ scopes: ['read'] });
  const { rows } = await owner.pool.query('SELECT id FROM api_keys WHERE prefix = $1', [made.slice(0, 11)]);
  const target = rows[0].id;
  // Nobody can be recognised for as long as this table is held.
  const holder = await owner.pool.connect();
  await holder.query('BEGIN; LOCK TABLE tenants IN ACCESS EXCLUSIVE MODE');
  const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1');
  await once(socket, 'connect');
  socket.write(`DELETE /v1/keys/${target} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${gateway.key}\r\n\r\n`);
  const waiting = "SELECT 1 FROM pg_locks WHERE NOT granted AND relation = 'tenants'::regclass";
  while ((await holder.query(waiting)).rows.length === 0) await delay(10);
  socket.destroy();
  await delay(100);
  await holder.query('COMMIT');
  holder.release();
  const [entry] = await entries((one) => one.target === target, 1);
  expect(entry).toMatchObject({ action: 'DELETE /v1/keys/{id}', status: 499, tenant_id: gateway.tenantId });
  expect(entry?.key_id).toEqual(expect.any(String));
  expect((await gateway.call('/v1/jobs', { key: made })).status).toBe(401);
});

test('who is nobody fills no log by going away early, and a key that is past its limit none by going on', async () => {
  const limited = await gateway.addKey({ scopes: ['read'] });
  const prefix = limited.slice(0, 11);
  const { rows } = await owner.pool.query(
    `UPDATE api_keys SET limits = '{"requests_per_minute": 1}' WHERE prefix = $1 RETURNING id`,
    [prefix],
  );
  const statuses: number[] = [];
  for (let request = 0; request < 30; request += 1) {
    statuses.push((await gateway.call('/v1/jobs', { method: 'POST', key: limited, body: form([]) })).status);
  }
  // What it may not do counts as well.
  expect(statuses).toEqual([403, ...Array.from({ length: 29 }, () => 429)]);
  const isIts = ({ key_id }: Entry) => key_id === rows[0].id;
  let found: Entry[] = [];
  while (found.reduce((sum, { times }) => sum + times, 0) < 30) {
    await delay(20);
    found = await entries(isIts, 1);
  }
  expect(found.reduce((sum, { times }) => sum + times, 0)).toBe(30);
  expect(found.length).toBeLessThan(15);

  const before = await strangers();
  for (let request = 0; request < 30; request += 1) {
    const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1');
    await once(socket, 'connect');
    // An answer that is not read keeps a socket from closing.
    socket.resume();
    socket.end(`DELETE /v1/jobs/${rows[0].id} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${newApiKey()}\r\n\r\n`);
    await once(socket, 'close');
  }
  let after = await strangers();
  for (; after.times - before.times < 30; after = await strangers()) await delay(20);
  expect(after.times - before.times).toBe(30);
  expect(after.rows - before.rows).toBeLessThan(15);
});

async function strangers(): Promise<{ rows: number; times: number }> {
  const { rows } = await owner.pool.query(
    `SELECT count(*)::integer AS rows, coalesce(sum(times), 0)::integer AS times FROM audit_log
     WHERE tenant_id IS NULL AND action = 'DELETE /v1/jobs/{id}' AND target IS NULL`,
  );
  return rows[0];
}
