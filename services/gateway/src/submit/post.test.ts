import { createHash } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { jobContext, unwrapDataKey } from '@docusnap/blobs';
import { blobKeyOf, JobBody } from '@docusnap/contracts';
import { jobKey } from '@docusnap/db';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { form, openTestGateway, openTestWorker, type TestGateway, type TestWorker } from '../test-gateway.ts';
import { pdf, png } from '../test-pictures.ts';

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

const post = (body: FormData, init: { path?: string; headers?: Record<string, string> } = {}) =>
  gateway.call(init.path ?? '/v1/jobs', { method: 'POST', body, ...(init.headers && { headers: init.headers }) });

const postJson = (body: unknown, type = 'application/json') =>
  gateway.call('/v1/jobs', {
    method: 'POST',
    headers: { 'content-type': type },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

test('files by multipart become a queued job whose bytes lie sealed in the blob store', async () => {
  const files = [png(), png({ bytes: 200_000 })];
  const before = gateway.rung.length;
  const answer = await post(form(files, { options: '{"priority": 7}', metadata: '{"order": "A 1"}' }));
  expect(answer.status).toBe(202);
  const job = JobBody.parse(await answer.json());
  expect(answer.headers.get('location')).toBe(`/v1/jobs/${job.id}`);
  expect(answer.headers.get('retry-after')).toBe('1');
  expect(job).toMatchObject({
    status: 'queued',
    name: 'file-0.png',
    options: { priority: 7 },
    metadata: { order: 'A 1' },
    pages_total: 2,
  });
  expect(job.files.map(({ bytes, sha256, media_type }) => ({ bytes, sha256, media_type }))).toEqual(
    files.map((bytes) => ({
      bytes: bytes.length,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      media_type: 'image/png',
    })),
  );
  const { blobs, db, masterKeys } = gateway.ports;
  const dataKey = unwrapDataKey(masterKeys, await jobKey(db, gateway.tenantId, job.id), jobContext(job.id));
  for (const [index, bytes] of files.entries()) {
    const stored = await Array.fromAsync(blobs.get(blobKeyOf(job.id, index), dataKey));
    expect(Buffer.concat(stored).equals(bytes)).toBe(true);
  }
  expect(gateway.rung.slice(before)).toEqual([{ count: 2, jobId: job.id }]);
});

test('files in base64 become the same job', async () => {
  const files = [{ name: 'Beleg.png', content: pdf().toString('base64') }, { content: pdf().toString('base64') }];
  const answer = await postJson({ files, options: { priority: 0 }, metadata: { a: [1, null] } });
  expect(answer.status).toBe(202);
  const job = JobBody.parse(await answer.json());
  expect(job).toMatchObject({ name: 'Beleg.png', options: { priority: 0 }, metadata: { a: [1, null] } });
  expect(job.files.map(({ name }) => name)).toEqual(['Beleg.png', 'file']);
});

test('fields may come as parts with a content type, as FormData sends a Blob, and before the files', async () => {
  const data = new FormData();
  data.append('options', new Blob(['{"priority": 9}'], { type: 'application/json' }));
  data.append('file', new Blob([new Uint8Array(pdf())]), 'Größe.png');
  const job = JobBody.parse(await (await post(data)).json());
  expect(job).toMatchObject({ name: 'Größe.png', options: { priority: 9 } });
});

test('many small files in one packet are taken one after another, in order', async () => {
  const files = Array.from({ length: 40 }, (_, index) => pdf({ bytes: 200 + index }));
  const job = JobBody.parse(await (await post(form(files))).json());
  expect(job.files.map(({ bytes }) => bytes)).toEqual(files.map(({ length }) => length));
});

test('a storage that cannot be written is said to be, and no rows are left', async () => {
  const broken = await openTestGateway();
  try {
    await rm(broken.blobFolder, { recursive: true });
    await writeFile(broken.blobFolder, '');
    const answer = await broken.call('/v1/jobs', { method: 'POST', body: form([pdf()]) });
    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({ code: 'storage_unavailable', retryable: true });
    expect(answer.headers.get('retry-after')).toBe('5');
    const { rows } = await broken.worker.pool.query('SELECT count(*)::int AS jobs FROM jobs');
    expect(rows[0].jobs).toBe(0);
  } finally {
    await broken.close();
  }
});

test('bells that do not ring are logged and the job stands', async () => {
  const { queue } = gateway.ports;
  const ring = queue.ring;
  Object.assign(queue, { ring: async () => Promise.reject(new Error('no bell today')) });
  try {
    expect((await post(form([pdf()]))).status).toBe(202);
    await gateway.ports.running.settled();
    expect(gateway.logged.join('')).toContain('no bell today');
  } finally {
    Object.assign(queue, { ring });
  }
});

test('with wait the answer is the ended job', async () => {
  const answer = post(form([pdf()]), { path: '/v1/jobs?wait=60' });
  await worked(() => worker.open(1));
  await worker.read('Total 12.50');
  const ended = await answer;
  expect(ended.status).toBe(200);
  const job = JobBody.parse(await ended.json());
  expect(job).toMatchObject({ status: 'completed', pages_done: 1 });
  expect(ended.headers.get('location')).toBe(`/v1/jobs/${job.id}`);
  expect(ended.headers.get('retry-after')).toBeNull();
});

test('with wait and Accept: text/plain the answer is the text', async () => {
  const answer = post(form([pdf()]), { path: '/v1/jobs?wait=60', headers: { accept: 'text/plain' } });
  await worked(() => worker.open(1));
  await worker.read('Total 12.50\nThank you');
  const ended = await answer;
  expect(ended.headers.get('content-type')).toBe('text/plain; charset=utf-8');
  expect(await ended.text()).toBe('Total 12.50\nThank you\n');
});

test.each([
  ['text/markdown', 'text/markdown; charset=utf-8'],
  ['text/tab-separated-values', 'text/tab-separated-values; charset=utf-8'],
  // It has been made: of a type that there is not, it is said in JSON.
  ['image/png', 'application/json; charset=utf-8'],
])('with wait and Accept: %s the answer is %s', async (accept, type) => {
  const answer = post(form([pdf()]), { path: '/v1/jobs?wait=60', headers: { accept } });
  await worked(() => worker.open(1));
  await worker.read('Hello');
  const ended = await answer;
  await ended.arrayBuffer();
  expect([ended.status, ended.headers.get('content-type')]).toEqual([200, type]);
});

test('with wait and Accept: text/plain a job that failed is its error', async () => {
  const answer = post(form([pdf()]), { path: '/v1/jobs?wait=60', headers: { accept: 'text/plain' } });
  await worked(() => worker.failOpen({ code: 'file_truncated', message: 'It ends too early.', retryable: false }));
  const ended = await answer;
  expect(ended.status).toBe(422);
  expect(await ended.json()).toMatchObject({ code: 'file_truncated' });
});

test('with wait the answer is 202 when the time is up', async () => {
  const answer = await post(form([pdf()]), { path: '/v1/jobs?wait=1', headers: { accept: 'text/plain' } });
  expect(answer.status).toBe(202);
  expect(JobBody.parse(await answer.json()).status).toBe('queued');
});

/** Tries until a unit waits. */
async function worked<T>(work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Error && error.message === 'no unit waits')) throw error;
    }
  }
}
