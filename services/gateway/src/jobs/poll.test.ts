import { randomUUID } from 'node:crypto';
import { JobBody } from '@docusnap/contracts';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { failure, form, openTestGateway, openTestWorker, type TestGateway, type TestWorker } from '../test-gateway.ts';
import { pdf } from '../test-pictures.ts';

let gateway: TestGateway;
let worker: TestWorker;
beforeAll(async () => {
  gateway = await openTestGateway();
  worker = openTestWorker(gateway);
});
afterAll(() => gateway.close());
afterEach(async () => {
  await gateway.worker.pool.query('DELETE FROM units');
});

async function submit(files = 1): Promise<string> {
  const answer = await gateway.call('/v1/jobs', {
    method: 'POST',
    body: form(Array.from({ length: files }, () => pdf())),
  });
  return JobBody.parse(await answer.json()).id;
}

const poll = (id: string, query = '', etag?: string | null) =>
  gateway.call(`/v1/jobs/${id}${query}`, etag ? { headers: { 'if-none-match': etag } } : {});

/** Resolves once a poll is held; until then it may not have been counted on. */
async function held(count: number): Promise<void> {
  while (gateway.ports.wake.held() !== count) await new Promise((resolve) => setTimeout(resolve, 2));
}

test('a running job says when to ask again, an ended one does not, and each change has a new ETag', async () => {
  const id = await submit();
  const queued = await poll(id);
  expect(queued.status).toBe(200);
  expect(queued.headers.get('retry-after')).toBe('1');
  const etags = [queued.headers.get('etag')];
  await worker.open(1);
  const reading = await poll(id);
  expect(JobBody.parse(await reading.json())).toMatchObject({ status: 'reading', pages_total: 1, pages_done: 0 });
  etags.push(reading.headers.get('etag'));
  await worker.read('A');
  const done = await poll(id);
  expect(JobBody.parse(await done.json())).toMatchObject({ status: 'completed', pages_done: 1, error: null });
  expect(done.headers.get('retry-after')).toBeNull();
  etags.push(done.headers.get('etag'));
  expect(new Set(etags).size).toBe(3);
});

test('without a change the answer to If-None-Match is 304, without a body', async () => {
  const id = await submit();
  const etag = (await poll(id)).headers.get('etag');
  const answer = await poll(id, '', etag);
  expect(answer.status).toBe(304);
  expect(answer.headers.get('etag')).toBe(etag);
  expect(answer.headers.get('retry-after')).toBe('1');
  expect(await answer.text()).toBe('');
  expect((await poll(id, '', 'W/"999"')).status).toBe(200);
});

test('of several ETags, weak or not, one that names the job as it is makes it 304; a wait goes on until it is none of them', async () => {
  const id = await submit();
  const [version] = /\d+/.exec((await poll(id)).headers.get('etag') ?? '') ?? [];
  const list = `"other", "${version}", W/"${Number(version) + 1}"`;
  expect((await poll(id, '', list)).status).toBe(304);
  expect((await poll(id, '', '*')).status).toBe(304);
  expect((await poll(id, '', '"other"')).status).toBe(200);
  const answer = poll(id, '?wait=60', list);
  await held(1);
  await worker.open(1);
  expect(JobBody.parse(await (await answer).json()).status).toBe('reading');
});

test('a wait without If-None-Match is answered when the job ends, not at a change before', async () => {
  const id = await submit();
  const answer = poll(id, '?wait=60');
  await held(1);
  await worker.open(1);
  await held(1);
  await worker.read('A');
  expect(JobBody.parse(await (await answer).json()).status).toBe('completed');
});

test('a wait with If-None-Match is answered at the first change', async () => {
  const id = await submit();
  const etag = (await poll(id)).headers.get('etag');
  const answer = poll(id, '?wait=60', etag);
  await held(1);
  await worker.claim();
  const changed = await answer;
  expect(changed.status).toBe(200);
  expect(JobBody.parse(await changed.json()).status).toBe('opening');
});

test('a wait with If-None-Match is 304 when the time is up', async () => {
  const id = await submit();
  const etag = (await poll(id)).headers.get('etag');
  const startedAt = performance.now();
  expect((await poll(id, '?wait=1', etag)).status).toBe(304);
  expect(performance.now() - startedAt).toBeGreaterThan(950);
});

test('a wait for the end of a job that does not end is the job as it is when the time is up', async () => {
  const id = await submit();
  const answer = await poll(id, '?wait=1');
  expect(answer.status).toBe(200);
  expect(JobBody.parse(await answer.json()).status).toBe('queued');
});

test('a wait for an ended job is answered at once', async () => {
  const id = await submit();
  await worker.failOpen(failure('file_undecodable'));
  const startedAt = performance.now();
  const answer = await poll(id, '?wait=60');
  expect(JobBody.parse(await answer.json())).toMatchObject({ status: 'failed', error: { code: 'file_undecodable' } });
  expect((await poll(id, '?wait=60', answer.headers.get('etag'))).status).toBe(304);
  expect(performance.now() - startedAt).toBeLessThan(10_000);
});

test('a job that is erased while a poll is held is gone at once', async () => {
  const id = await submit();
  const answer = poll(id, '?wait=60');
  await held(1);
  expect((await gateway.call(`/v1/jobs/${id}`, { method: 'DELETE' })).status).toBe(204);
  expect((await answer).status).toBe(404);
});

test('while polls are held no connection to the database is busy and no transaction is open', async () => {
  const ids = [await submit(), await submit(), await submit()];
  const abort = new AbortController();
  const answers = ids.map((id) =>
    gateway.call(`/v1/jobs/${id}?wait=60`, { signal: abort.signal }).catch(() => undefined),
  );
  await held(3);
  const { rows } = await gateway.worker.pool.query(
    "SELECT count(*)::int AS busy FROM pg_stat_activity WHERE datname = current_database() AND usename = 'docusnap_api' AND xact_start IS NOT NULL",
  );
  expect(rows[0].busy).toBe(0);
  abort.abort();
  await Promise.all(answers);
  await held(0);
});

test('a poll is answered although every notification is lost', async () => {
  const id = await submit();
  const answer = poll(id, '?wait=60');
  await held(1);
  await gateway.worker.pool.query(
    "UPDATE jobs SET status = 'failed', finished_at = now(), version = version + 1 WHERE id = $1",
    [id],
  );
  expect(JobBody.parse(await (await answer).json()).status).toBe('failed');
});

test.each([
  ['GET', ''],
  ['DELETE', ''],
  ['GET', '/events'],
  ['GET', '/result'],
  ['GET', '/pages/1'],
  ['GET', '/pages'],
  ['POST', '/retry'],
])("%s of another tenant's job, of an unknown id and of no id at all are the same: %s", async (method, suffix) => {
  const id = await submit();
  const stranger = await gateway.addKey({ scopes: ['read', 'write', 'admin'], tenantId: await gateway.addTenant() });
  const answers = [
    await gateway.call(`/v1/jobs/${id}${suffix}`, { method, key: stranger }),
    await gateway.call(`/v1/jobs/${randomUUID()}${suffix}`, { method }),
    await gateway.call(`/v1/jobs/12${suffix}`, { method }),
  ];
  for (const answer of answers) {
    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({ code: 'job_not_found', retryable: false });
  }
  expect((await poll(id)).status).toBe(200);
});

test('erasing removes blobs and rows, and the job is not found after that', async () => {
  const before = await gateway.leftovers();
  const id = await submit(2);
  await worker.open(1);
  await worker.open(1);
  await worker.read('A');
  expect((await gateway.leftovers()).blobs).toBe(before.blobs + 2);
  const answer = await gateway.call(`/v1/jobs/${id}`, { method: 'DELETE' });
  expect(answer.status).toBe(204);
  expect(await gateway.leftovers()).toEqual(before);
  expect((await poll(id)).status).toBe(404);
  expect((await gateway.call(`/v1/jobs/${id}`, { method: 'DELETE' })).status).toBe(404);
});
