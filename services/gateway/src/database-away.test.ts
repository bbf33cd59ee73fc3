import { request } from 'node:http';
import { JobBody } from '@docusnap/contracts';
import { type BreakableProxy, breakableProxy } from '@docusnap/testing';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { form, openTestGateway, type TestGateway } from './test-gateway.ts';
import { png } from './test-pictures.ts';

/** Ten times the second that is promised, which `npm run test:chaos` times: the machine may be busy. A statement alone would be given 12 s. */
const MOST_MS = 10_000;

let proxy: BreakableProxy;
let gateway: TestGateway;
beforeEach(async () => {
  gateway = await openTestGateway({
    apiUrl: async (url) => {
      proxy = await breakableProxy(url);
      return proxy.url;
    },
  });
});
afterEach(async () => {
  await proxy.cut();
  await gateway.close();
});

async function expectAway(answer: Response): Promise<void> {
  expect(answer.status).toBe(503);
  expect(answer.headers.get('retry-after')).toBe('2');
  expect(await answer.json()).toMatchObject({ code: 'database_unavailable', retryable: true });
}

test('while the database is away every call says so within a second, and readyz too', async () => {
  expect((await gateway.call('/v1/jobs')).status).toBe(200);
  await proxy.cut();
  const startedAt = performance.now();
  const answers = await Promise.all([
    gateway.call('/v1/jobs'),
    gateway.call('/v1/jobs', { method: 'POST', body: form([png()]) }),
    gateway.call('/v1/keys'),
  ]);
  expect(performance.now() - startedAt).toBeLessThan(MOST_MS);
  for (const answer of answers) await expectAway(answer);
  const ready = await gateway.call('/readyz');
  expect(ready.status).toBe(503);
  expect(await ready.json()).toMatchObject({
    ready: false,
    checks: { database: 'failed', storage: 'ok', queue: 'ok' },
  });
  expect((await gateway.call('/healthz')).status).toBe(200);
});

test('a database that says nothing is told within a second by every call, and used again as soon as it is back', async () => {
  expect((await gateway.call('/v1/keys')).status).toBe(200);
  const before = await gateway.leftovers();
  proxy.swallow();
  const startedAt = performance.now();
  const took = async (call: Promise<Response>): Promise<number> => {
    await expectAway(await call);
    return performance.now() - startedAt;
  };
  const times = await Promise.all([
    took(gateway.call('/v1/jobs')),
    took(gateway.call('/v1/jobs', { method: 'POST', body: form([png()]) })),
    took(gateway.call('/v1/keys')),
    took(gateway.call('/v1/jobs/0198a5a0-0000-7000-8000-000000000000')),
  ]);
  expect(Math.max(...times)).toBeLessThan(MOST_MS);
  const ready = await gateway.call('/readyz');
  expect([ready.status, await ready.json()]).toMatchObject([503, { ready: false, checks: { database: 'failed' } }]);
  await proxy.cut();
  await proxy.mend();
  expect((await gateway.call('/v1/jobs')).status).toBe(200);
  expect((await gateway.call('/v1/keys')).status).toBe(200);
  expect((await gateway.call('/v1/jobs', { method: 'POST', body: form([png()]) })).status).toBe(202);
  expect((await gateway.leftovers()).blobs).toBe(before.blobs + 1);
});

test('a database that goes away in mid-upload leaves no blobs', async () => {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; body: string }>();
  const outgoing = request(`${gateway.url}/v1/jobs`, {
    method: 'POST',
    headers: { authorization: `Bearer ${gateway.key}`, 'content-type': 'multipart/form-data; boundary=x' },
  });
  outgoing.on('error', reject);
  outgoing.on('response', async (incoming) => {
    const body = Buffer.concat(await Array.fromAsync(incoming)).toString();
    resolve({ status: incoming.statusCode ?? 0, body });
  });
  outgoing.write('--x\r\ncontent-disposition: form-data; name="file"; filename="a.png"\r\n\r\n');
  outgoing.write(png({ bytes: 200_000 }));
  while ((await gateway.leftovers()).blobs === 0) await new Promise((next) => setTimeout(next, 2));
  await proxy.cut();
  outgoing.end('\r\n--x--\r\n');
  const { status, body } = await promise;
  expect({ status, code: JSON.parse(body).code }).toEqual({ status: 503, code: 'database_unavailable' });
  await gateway.ports.running.settled();
  expect(await gateway.leftovers()).toEqual({ rows: 0, blobs: 0 });
});

test('a poll held while the database goes away says so when its time is up', async () => {
  const submitted = await gateway.call('/v1/jobs', { method: 'POST', body: form([png()]) });
  const { id } = JobBody.parse(await submitted.json());
  const answer = gateway.call(`/v1/jobs/${id}?wait=1`);
  while (gateway.ports.wake.held() === 0) await new Promise((next) => setTimeout(next, 2));
  await proxy.cut();
  await expectAway(await answer);
});

test('rows that were written although their answer was lost are erased once the database is back', async () => {
  const { pool } = gateway.worker;
  const blocker = await pool.connect();
  // Holds the writing of the rows up where it has them all: the database gets the statement, and the gateway no answer.
  await blocker.query('BEGIN');
  await blocker.query('LOCK TABLE backlog IN ACCESS EXCLUSIVE MODE');
  const answer = gateway.call('/v1/jobs', { method: 'POST', body: form([png()]) });
  while (!(await isWritingJob())) await new Promise((next) => setTimeout(next, 5));
  proxy.swallow();
  await expectAway(await answer);
  await blocker.query('COMMIT');
  blocker.release();
  while ((await gateway.leftovers()).rows === 0) await new Promise((next) => setTimeout(next, 5));
  await proxy.cut();
  await proxy.mend();
  while ((await gateway.leftovers()).rows > 0) await new Promise((next) => setTimeout(next, 50));
  expect(await gateway.leftovers()).toEqual({ rows: 0, blobs: 0 });
});

async function isWritingJob(): Promise<boolean> {
  const { rows } = await gateway.worker.pool.query(
    "SELECT 1 FROM pg_locks WHERE NOT granted AND relation = 'backlog'::regclass",
  );
  return rows.length > 0;
}
