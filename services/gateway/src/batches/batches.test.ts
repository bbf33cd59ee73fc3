import { randomUUID } from 'node:crypto';
import { BatchBody, BatchListBody, JobBody, JobListBody, NewBatchBody } from '@docusnap/contracts';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { failure, form, openTestGateway, openTestWorker, type TestGateway, type TestWorker } from '../test-gateway.ts';
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

const documents = (count: number) => Array.from({ length: count }, (_, index) => pdf({ bytes: 3_000 + index }));
const post = (body: FormData | object, path = '/v1/batches') =>
  gateway.call(
    path,
    body instanceof FormData
      ? { method: 'POST', body }
      : { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } },
  );
const made = async (body: FormData | object) => NewBatchBody.parse(await (await post(body)).json());
const poll = async (id: string, query = '') =>
  BatchBody.parse(await (await gateway.call(`/v1/batches/${id}${query}`)).json());
const jobsOf = async (id: string) =>
  JobListBody.parse(await (await gateway.call(`/v1/jobs?batch=${id}&limit=100`)).json()).jobs;

test('files by multipart become a batch of jobs, in their order', async () => {
  const answer = await post(
    form(documents(3), { name: '"July"', metadata: '{"month":7}', options: '{"priority":2}', retention_seconds: '60' }),
  );
  expect(answer.status).toBe(202);
  const batch = NewBatchBody.parse(await answer.json());
  expect(answer.headers.get('location')).toBe(`/v1/batches/${batch.id}`);
  expect(batch).toMatchObject({
    name: 'July',
    status: 'running',
    documents: { total: 3, ended: 0, by_status: { queued: 3 } },
    pages: { total: null, done: 0, failed: 0 },
    progress: 0,
    metadata: { month: 7 },
  });
  const jobs = await jobsOf(batch.id);
  expect(new Set(jobs.map(({ id }) => id))).toEqual(new Set(batch.jobs));
  for (const job of jobs) {
    expect(job).toMatchObject({ batch_id: batch.id, options: { priority: 2 }, metadata: { month: 7 } });
    expect(job.name).toBe(`file-${batch.jobs.indexOf(job.id)}.pdf`);
  }
});

test('of a batch of pictures it is known at once how many pages it has', async () => {
  const { id } = await made(form([png(), png()]));
  expect(await poll(id)).toMatchObject({ pages: { total: 2, done: 0, failed: 0 }, progress: 0 });
  await worker.read('one');
  await worker.failRead(failure('page_timeout'));
  expect(await poll(id)).toMatchObject({ status: 'ended', pages: { total: 2, done: 1, failed: 1 }, progress: 1 });
});

test('in JSON each document may have options and metadata of its own', async () => {
  const content = pdf().toString('base64');
  const { jobs } = await made({
    files: [{ content }, { content, options: { priority: 9 }, metadata: { own: true } }],
    options: { setting: 'fast' },
    metadata: { shared: true },
  });
  const [first, second] = await Promise.all(
    jobs.map(async (id) => JobBody.parse(await (await gateway.call(`/v1/jobs/${id}`)).json())),
  );
  expect(first).toMatchObject({ options: { priority: 5, setting: 'fast' }, metadata: { shared: true } });
  expect(second!.options).toEqual({ priority: 9 });
  expect(second!.metadata).toEqual({ own: true });
});

test('an empty batch is filled job by job, and ends when they have', async () => {
  const batch = await made({});
  expect(batch).toMatchObject({ status: 'empty', documents: { total: 0 }, jobs: [], name: null });
  expect(await poll(batch.id, '?wait=60')).toMatchObject({ status: 'empty' });
  for (const picture of documents(2)) {
    const job = JobBody.parse(await (await post(form([picture], { batch: batch.id }), '/v1/jobs')).json());
    expect(job.batch_id).toBe(batch.id);
  }
  await worker.open(1);
  await worker.read('text');
  await worker.open(2);
  const held = poll(batch.id, '?wait=60');
  while (gateway.ports.wake.held() === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  for (let page = 0; page < 2; page += 1) await worker.read('text');
  expect(await held).toMatchObject({
    status: 'ended',
    documents: { total: 2, ended: 2, by_status: { completed: 2 } },
    pages: { total: 3, done: 3, failed: 0 },
    progress: 1,
  });
});

test.each<[string, () => Promise<Response>, number, string]>([
  ['a batch that is not there', () => post(form([pdf()], { batch: randomUUID() }), '/v1/jobs'), 404, 'batch_not_found'],
  ['a batch in a batch', () => post(form([pdf()], { batch: randomUUID() })), 400, 'bad_request'],
  ['a name that is too long', () => post({ name: 'x'.repeat(256) }), 400, 'bad_request'],
  ['one file that is none', () => post(form([pdf(), Buffer.from('text')])), 422, 'file_type_unsupported'],
  [
    'options of one document that are none',
    () => post({ files: [{ content: pdf().toString('base64'), options: { a: 1 } }] }),
    400,
    'bad_request',
  ],
  ['filling forms', () => post({ task: 'fill', form: {} }), 400, 'bad_request'],
])('%s is refused, and nothing is left', async (_what, send, status, code) => {
  const before = await gateway.leftovers();
  const answer = await send();
  expect([answer.status, (await answer.json()).code]).toEqual([status, code]);
  expect(await gateway.leftovers()).toEqual(before);
});

test('a full batch takes no more', async () => {
  const { id } = await made({});
  await gateway.worker.pool.query('UPDATE batches SET documents = 1000 WHERE id = $1', [id]);
  const answer = await post(form([pdf()], { batch: id }), '/v1/jobs');
  expect([answer.status, (await answer.json()).code]).toEqual([409, 'batch_full']);
});

test('cancelling stops what runs, and leaves what was read', async () => {
  const { id, jobs } = await made(form(documents(3)));
  await worker.open(1);
  await worker.read('text');
  const answer = await gateway.call(`/v1/batches/${id}/cancel`, { method: 'POST' });
  expect(answer.status).toBe(200);
  expect(BatchBody.parse(await answer.json())).toMatchObject({
    status: 'ended',
    documents: { total: 3, ended: 3, by_status: { cancelled: 2, completed: 1 } },
  });
  expect((await gateway.call(`/v1/jobs/${jobs[0]}/pages/1`)).status).toBe(200);
});

test('erasing takes its jobs with it, with all that they left', async () => {
  const before = await gateway.leftovers();
  const { id, jobs } = await made(form(documents(3)));
  expect((await gateway.call(`/v1/batches/${id}`, { method: 'DELETE' })).status).toBe(204);
  expect(await gateway.leftovers()).toEqual(before);
  for (const path of [`/v1/batches/${id}`, `/v1/jobs/${jobs[0]}`]) expect((await gateway.call(path)).status).toBe(404);
});

test('the list shows the newest first, page by page, and nothing of others', async () => {
  const ids: string[] = [];
  for (let count = 0; count < 3; count += 1) ids.unshift((await made({ name: `batch ${count}` })).id);
  const first = BatchListBody.parse(await (await gateway.call('/v1/batches?limit=2')).json());
  const rest = BatchListBody.parse(
    await (await gateway.call(`/v1/batches?limit=1&cursor=${first.next_cursor}`)).json(),
  );
  expect([...first.batches, ...rest.batches].map(({ id }) => id)).toEqual(ids);
  const key = await gateway.addKey({ scopes: ['read', 'write'], tenantId: await gateway.addTenant() });
  expect(await (await gateway.call('/v1/batches', { key })).json()).toEqual({ batches: [], next_cursor: null });
  for (const [method, path] of [
    ['GET', ''],
    ['POST', '/cancel'],
    ['DELETE', ''],
  ] as const) {
    expect((await gateway.call(`/v1/batches/${ids[0]}${path}`, { method, key })).status).toBe(404);
  }
});
