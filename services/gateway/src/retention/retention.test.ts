import { randomBytes, randomUUIDv7 } from 'node:crypto';
import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, blobKeyOf, ErasureBody, JobBody, Problem, renditionKeyOf } from '@docusnap/contracts';
import { closeDatabase, type Database, openDatabase, takeErasures } from '@docusnap/db';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { form, openTestGateway, openTestWorker, type TestGateway, type TestWorker } from '../test-gateway.ts';
import { pdf } from '../test-pictures.ts';
import type { RetentionPorts } from './remove-erased.ts';
import { retainOnce, startRetention } from './retention.ts';
import { sweepOrphans } from './sweep-orphans.ts';

const DAY_MS = 86_400_000;

let gateway: TestGateway;
let worker: TestWorker;
let ports: RetentionPorts;
let owner: Database;
beforeAll(async () => {
  gateway = await openTestGateway();
  worker = openTestWorker(gateway);
  owner = openDatabase(gateway.urls.ownerUrl);
  ports = { db: gateway.worker, blobs: gateway.ports.blobs, log: gateway.ports.log };
});
beforeEach(() => sql('TRUNCATE jobs, erasures, erasure_receipts CASCADE'));
afterEach(() => gateway.ports.blobs.removePrefix('jobs/'));
afterAll(async () => {
  await closeDatabase(owner);
  await gateway.close();
});

function sql(text: string): Promise<unknown> {
  return owner.pool.query(text);
}

async function submit(files = 1): Promise<string> {
  const body = form(Array.from({ length: files }, () => pdf()));
  return JobBody.parse(await (await gateway.call('/v1/jobs', { method: 'POST', body })).json()).id;
}

async function read(): Promise<string> {
  const id = await submit();
  await worker.open(1);
  await worker.render(await worker.read('A page'), { small: Buffer.from('small'), large: Buffer.from('large') });
  return id;
}

const pass = (interval: string): Promise<unknown> =>
  sql(
    `UPDATE jobs SET finished_at = finished_at - interval '${interval}';
     UPDATE erasures SET erased_at = erased_at - interval '${interval}', due_at = due_at - interval '${interval}'`,
  );

async function jobsInStore(): Promise<Set<string>> {
  return new Set(await readdir(join(gateway.blobFolder, 'jobs')));
}

async function receipt(id: string): Promise<ErasureBody> {
  const answer = await gateway.call(`/v1/erasures/${id}`);
  expect(answer.status).toBe(200);
  return ErasureBody.parse(await answer.json());
}

/** As if the storage were away. */
function away(): () => void {
  const { removePrefix } = gateway.ports.blobs;
  Object.assign(gateway.ports.blobs, { removePrefix: () => Promise.reject(new AppError('storage_unavailable')) });
  return () => void Object.assign(gateway.ports.blobs, { removePrefix });
}

test('an erased job has a receipt that says what there was, when and by which key, and holds nothing of it', async () => {
  const id = await read();
  await pass('11 minutes');
  const answer = await gateway.call(`/v1/jobs/${id}`, { method: 'DELETE' });
  expect([answer.status, await answer.text()]).toEqual([204, '']);
  expect(await jobsInStore()).toEqual(new Set());
  const body = await receipt(id);
  expect(body).toEqual({
    job_id: id,
    status: 'gone',
    reason: 'request',
    key_id: expect.any(String),
    erased_at: expect.any(String),
    gone_at: expect.any(String),
    removed: { files: 1, bytes: pdf().length, pages: 1, texts: 1, extractions: 0, images: 2, data_keys: 1 },
  });
  expect(await receipt(id.toUpperCase())).toEqual(body);
});

test('who prefers it gets the receipt as the answer', async () => {
  const id = await read();
  await pass('11 minutes');
  const headers = { prefer: 'respond-async, return=representation' };
  const answer = await gateway.call(`/v1/jobs/${id}`, { method: 'DELETE', headers });
  expect(answer.status).toBe(200);
  expect(answer.headers.get('preference-applied')).toBe('return=representation');
  expect(ErasureBody.parse(await answer.json())).toMatchObject({ job_id: id, status: 'gone' });
  const minimal = await gateway.call(`/v1/jobs/${await submit()}`, {
    method: 'DELETE',
    headers: { prefer: 'return=minimal' },
  });
  expect(minimal.status).toBe(204);
});

test('there is no receipt of a job that is still there, of none, and of another tenant', async () => {
  const id = await read();
  const stranger = await gateway.addKey({ scopes: ['read', 'write'], tenantId: await gateway.addTenant() });
  const codeOf = async (path: string, key?: string): Promise<unknown> => {
    const answer = await gateway.call(path, key === undefined ? {} : { key });
    return [answer.status, Problem.parse(await answer.json()).code];
  };
  expect(await codeOf(`/v1/erasures/${id}`)).toEqual([404, 'erasure_not_found']);
  await gateway.call(`/v1/jobs/${id}`, { method: 'DELETE' });
  await receipt(id);
  expect(await codeOf(`/v1/erasures/${id}`, stranger)).toEqual([404, 'erasure_not_found']);
  expect(await codeOf('/v1/erasures/12')).toEqual([404, 'erasure_not_found']);
  expect(await codeOf(`/v1/erasures/${randomUUIDv7()}`)).toEqual([404, 'erasure_not_found']);
});

test('while the storage is away a job can be erased; its bytes go when the storage is back, whoever asked has died', async () => {
  const id = await read();
  await pass('11 minutes');
  const back = away();
  const answer = await gateway.call(`/v1/jobs/${id}`, { method: 'DELETE' });
  expect(answer.status).toBe(202);
  expect(answer.headers.get('location')).toBe(`/v1/erasures/${id}`);
  expect(ErasureBody.parse(await answer.json())).toMatchObject({ status: 'removing', gone_at: null });
  expect((await gateway.call(`/v1/jobs/${id}`)).status).toBe(404);
  await pass('31 seconds');
  await retainOnce(ports);
  expect(await jobsInStore()).toEqual(new Set([id]));
  expect(await receipt(id)).toMatchObject({ status: 'removing' });
  back();
  // Taken a moment ago by a round that failed.
  await retainOnce(ports);
  expect(await jobsInStore()).toEqual(new Set([id]));
  await pass('61 seconds');
  await retainOnce(ports);
  expect(await jobsInStore()).toEqual(new Set());
  expect(await receipt(id)).toMatchObject({ status: 'gone' });
});

test('bytes that cannot be removed keep nobody else’s, of erased jobs or of none', async () => {
  const [first, ...others] = [await submit(), await submit(), await submit(), await submit()] as const;
  await sql('DELETE FROM jobs');
  await pass('31 seconds');
  const { removePrefix } = gateway.ports.blobs;
  let stuck: string | undefined;
  // Whichever is the first that anybody tries to remove.
  const blobs = {
    ...gateway.ports.blobs,
    removePrefix: async (prefix: string) => {
      stuck ??= prefix;
      if (prefix === stuck) throw new AppError('storage_unavailable');
      await removePrefix(prefix);
    },
  };
  await retainOnce({ ...ports, blobs });
  expect((await jobsInStore()).size).toBe(1);
  await sql('TRUNCATE erasures');
  stuck = undefined;
  for (const id of [first, ...others]) await blobs.put(blobKeyOf(id, 0), randomBytes(32), once('left'));
  expect(await sweepOrphans({ ...ports, blobs }, { olderThanMs: 0 })).toBe(3);
  expect((await jobsInStore()).size).toBe(1);
});

test('an image that a reader writes after its job was erased goes too', async () => {
  const id = await submit();
  await worker.open(1);
  expect((await gateway.call(`/v1/jobs/${id}`, { method: 'DELETE' })).status).toBe(204);
  expect(await receipt(id)).toMatchObject({ status: 'removing' });
  await gateway.ports.blobs.put(renditionKeyOf(id, 0, 0, 'small'), randomBytes(32), once('late'));
  await retainOnce(ports);
  expect(await jobsInStore()).toEqual(new Set([id]));
  await pass('301 seconds');
  await retainOnce(ports);
  expect(await jobsInStore()).toEqual(new Set());
  expect(await receipt(id)).toMatchObject({ status: 'gone' });
});

test('a job whose time is up is erased, rows and bytes, while others stay', async () => {
  const expired = [await read(), await read(), await read()];
  await pass('7 days 1 minute');
  const kept = [await read(), await submit()];
  const retention = startRetention(ports, { keepSeconds: 7 * 86_400 });
  while ((await jobsInStore()).size > 2) await new Promise((resolve) => setTimeout(resolve, 10));
  await retention.stop();
  expect(await jobsInStore()).toEqual(new Set(kept));
  for (const id of expired) {
    expect((await gateway.call(`/v1/jobs/${id}`)).status).toBe(404);
    expect(await receipt(id)).toMatchObject({ reason: 'expiry', key_id: null });
  }
  for (const id of kept) expect((await gateway.call(`/v1/jobs/${id}`)).status).toBe(200);
  expect(await takeErasures(gateway.worker, { most: 10 })).toEqual([]);
});

test('bytes of jobs without rows are removed once they are old, and nothing else is', async () => {
  const living = await read();
  const [orphan, young, strange] = [randomUUIDv7(), randomUUIDv7(), 'not-a-job'];
  for (const id of [orphan, young]) await gateway.ports.blobs.put(blobKeyOf(id, 0), randomBytes(32), once('left'));
  await mkdir(join(gateway.blobFolder, 'jobs', strange));
  await writeFile(join(gateway.blobFolder, 'jobs', strange, 'file'), 'x');
  const longAgo = new Date(Date.now() - 2 * DAY_MS);
  for (const id of [living, orphan, young, strange]) await age(join(gateway.blobFolder, 'jobs', id), longAgo);
  // A second file of a submit that goes on.
  await gateway.ports.blobs.put(blobKeyOf(young, 1), randomBytes(32), once('coming'));
  expect(await sweepOrphans(ports, { olderThanMs: DAY_MS })).toBe(1);
  expect(await jobsInStore()).toEqual(new Set([living, young, strange]));
  expect(await sweepOrphans(ports, { olderThanMs: 0 })).toBe(1);
  expect(await jobsInStore()).toEqual(new Set([living, strange]));
});

async function age(path: string, time: Date): Promise<void> {
  for (const entry of await readdir(path, { withFileTypes: true, recursive: true })) {
    await utimes(join(entry.parentPath, entry.name), time, time);
  }
  await utimes(path, time, time);
}

async function* once(text: string): AsyncGenerator<Buffer> {
  yield Buffer.from(text);
}

test('the blobs of several jobs are removed at the same time, and what that takes is not taken of the database', async () => {
  for (let job = 0; job < 10; job += 1) await submit();
  await sql('DELETE FROM jobs');
  await pass('31 seconds');
  const { removePrefix } = gateway.ports.blobs;
  let [now, most] = [0, 0];
  const blobs = {
    ...gateway.ports.blobs,
    removePrefix: async (prefix: string) => {
      now += 1;
      most = Math.max(most, now);
      await new Promise((resolve) => setTimeout(resolve, 300));
      await removePrefix(prefix);
      now -= 1;
    },
  };
  const started = performance.now();
  const { isMore, databaseMs } = await retainOnce({ ...ports, blobs });
  const took = performance.now() - started;
  expect([most, isMore]).toEqual([8, false]);
  expect(databaseMs).toBeLessThanOrEqual(took - 590);
});
