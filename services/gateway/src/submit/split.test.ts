import { randomBytes } from 'node:crypto';
import { jobContext, openBytes, passwordContext, unwrapDataKey } from '@docusnap/blobs';
import { blobKeyOf, JobBody, SplitBody } from '@docusnap/contracts';
import { closeDatabase, jobKey, openDatabase, pollJob } from '@docusnap/db';
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

const SPLIT = { options: '{"split": true, "priority": 7}', metadata: '{"case": 17}' };
const documents = (count: number) => Array.from({ length: count }, (_, index) => pdf({ bytes: 5_000 + index }));
const post = (body: FormData, query = '') => gateway.call(`/v1/jobs${query}`, { method: 'POST', body });

test('each file becomes a job of its own, in order, sealed under a key of its own', async () => {
  const before = await gateway.leftovers();
  const files = documents(3);
  const rung = gateway.rung.length;
  const answer = await post(form(files, SPLIT));
  expect(answer.status).toBe(202);
  expect(answer.headers.get('location')).toBeNull();
  expect(answer.headers.get('retry-after')).toBe('1');
  const { jobs } = SplitBody.parse(await answer.json());
  expect(jobs.map(({ name }) => name)).toEqual(['file-0.pdf', 'file-1.pdf', 'file-2.pdf']);
  for (const [index, job] of jobs.entries()) {
    expect(job).toMatchObject({ status: 'queued', options: { priority: 7 }, metadata: { case: 17 } });
    expect(job.options).not.toHaveProperty('split');
    expect(job.files).toMatchObject([{ index: 0, bytes: 5_000 + index }]);
    const key = await jobKey(gateway.ports.db, gateway.tenantId, job.id);
    const dataKey = unwrapDataKey(gateway.ports.masterKeys, key, jobContext(job.id));
    const stored = await Array.fromAsync(gateway.ports.blobs.get(blobKeyOf(job.id, 0), dataKey));
    expect(Buffer.concat(stored).equals(files[index]!)).toBe(true);
  }
  await gateway.ports.running.settled();
  expect(gateway.rung.slice(rung)).toEqual([{ count: 3, jobId: null }]);
  expect(await gateway.leftovers()).toEqual({ rows: before.rows + 9, blobs: before.blobs + 3 });
  const claimed = [await worker.claim(), await worker.claim(), await worker.claim()];
  expect(claimed.map(({ jobId }) => jobId)).toEqual(jobs.map(({ id }) => id));
});

test('the same in JSON; without the option several files are one job', async () => {
  const files = documents(2).map((bytes, index) => ({ name: `${index}.pdf`, content: bytes.toString('base64') }));
  const send = (options: object) =>
    gateway.call('/v1/jobs', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ files, options }),
    });
  expect(SplitBody.parse(await (await send({ split: true })).json()).jobs).toHaveLength(2);
  for (const options of [{}, { split: false }]) {
    expect(JobBody.parse(await (await send(options)).json()).files).toHaveLength(2);
  }
});

test('one file that is to be split is answered in the same shape', async () => {
  const { jobs } = SplitBody.parse(await (await post(form(documents(1), SPLIT))).json());
  expect(jobs).toHaveLength(1);
});

test('the password is sealed for each job', async () => {
  const options = '{"split": true, "password": "open sesame"}';
  const { jobs } = SplitBody.parse(await (await post(form(documents(2), { options }))).json());
  const stored = await Promise.all(
    jobs.map(async ({ id }) => {
      const { options: kept } = await pollJob(gateway.ports.db, gateway.tenantId, id);
      const key = await jobKey(gateway.ports.db, gateway.tenantId, id);
      const dataKey = unwrapDataKey(gateway.ports.masterKeys, key, jobContext(id));
      return openBytes(dataKey, passwordContext(id), Buffer.from(kept.password ?? '', 'base64'));
    }),
  );
  expect(stored.map(String)).toEqual(['open sesame', 'open sesame']);
});

test('with wait it is answered when the last one has ended', async () => {
  const answer = post(form(documents(2), SPLIT), '?wait=60');
  while (gateway.ports.wake.held() === 0) await new Promise((resolve) => setTimeout(resolve, 2));
  await worker.failOpen(failure('file_truncated'));
  await worker.open(1);
  await worker.read('Total 12.50');
  const ended = await answer;
  expect(ended.status).toBe(200);
  expect(SplitBody.parse(await ended.json()).jobs.map(({ status }) => status)).toEqual(['failed', 'completed']);
});

test('with wait it is 202 with what is known when the time is up', async () => {
  const answer = post(form(documents(2), SPLIT), '?wait=3');
  while (gateway.ports.wake.held() === 0) await new Promise((resolve) => setTimeout(resolve, 2));
  await worker.claim();
  const late = await answer;
  expect(late.status).toBe(202);
  expect(SplitBody.parse(await late.json()).jobs.map(({ status }) => status)).toEqual(['opening', 'queued']);
});

test('when one file is refused, or the rows cannot be written, there is no job and nothing is left', async () => {
  const before = await gateway.leftovers();
  const refused = await post(form([...documents(2), randomBytes(500)], SPLIT));
  expect(refused.status).toBe(422);
  const owner = openDatabase(gateway.urls.ownerUrl);
  await owner.pool.query('ALTER TABLE files ADD CONSTRAINT small CHECK (bytes < 5002) NOT VALID');
  const failed = await post(form(documents(3), SPLIT));
  await owner.pool.query('ALTER TABLE files DROP CONSTRAINT small');
  await closeDatabase(owner);
  expect(failed.status).toBe(500);
  await gateway.ports.running.settled();
  expect(await gateway.leftovers()).toEqual(before);
});
