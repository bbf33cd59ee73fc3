import { JobBody, JobListBody } from '@docusnap/contracts';
import { reportRate } from '@docusnap/db';
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
  await gateway.worker.pool.query('DELETE FROM units; DELETE FROM workers');
});

async function submit(): Promise<JobBody> {
  const answer = await gateway.call('/v1/jobs', { method: 'POST', body: form([pdf()]) });
  return JobBody.parse(await answer.json());
}

const poll = (id: string, etag?: string) =>
  gateway.call(`/v1/jobs/${id}`, etag === undefined ? {} : { headers: { 'if-none-match': etag } });
const progressOf = async (id: string) => JobBody.parse(await (await poll(id)).json()).progress;

test('a running job tells its place in the queue and when it will have ended', async () => {
  const first = await submit();
  expect(first.progress).toEqual({ pages_read: 0, pages_total: null, position: null, eta_seconds: null });
  const second = await submit();
  expect(await progressOf(first.id)).toEqual({ pages_read: 0, pages_total: null, position: 0, eta_seconds: null });
  expect(await progressOf(second.id)).toMatchObject({ position: 1 });
  await worker.open(5);
  await worker.claim();
  await worker.open(1);
  expect(await progressOf(second.id)).toMatchObject({ position: 0 });
  await gateway.worker.pool.query('UPDATE units SET leased_until = NULL');
  await reportRate(gateway.worker, 'ocr-1', { readers: 2, pageMs: 2_000 });
  expect(await progressOf(first.id)).toEqual({ pages_read: 0, pages_total: 5, position: 0, eta_seconds: 6 });
  expect(await progressOf(second.id)).toEqual({ pages_read: 0, pages_total: 1, position: 1, eta_seconds: 2 });
  await worker.read('one');
  expect(await progressOf(first.id)).toMatchObject({ pages_read: 1, position: 0, eta_seconds: 4 });
});

test('a picture that waits tells when it will have been read', async () => {
  await reportRate(gateway.worker, 'ocr-1', { readers: 1, pageMs: 2_000 });
  await submit();
  const answer = await gateway.call('/v1/jobs', { method: 'POST', body: form([png(), png()]) });
  const { id } = JobBody.parse(await answer.json());
  expect(await progressOf(id)).toEqual({ pages_read: 0, pages_total: 2, position: 1, eta_seconds: 6 });
});

test('neither changes the ETag', async () => {
  const { id } = await submit();
  const etag = (await poll(id)).headers.get('etag') ?? '';
  const body = form([pdf()], { options: '{"priority": 9}' });
  await gateway.call('/v1/jobs', { method: 'POST', body });
  expect(await progressOf(id)).toMatchObject({ position: 1 });
  expect((await poll(id, etag)).status).toBe(304);
});

test('the events of a running job tell it too', async () => {
  await submit();
  const { id } = await submit();
  const abort = new AbortController();
  const response = await gateway.call(`/v1/jobs/${id}/events`, { signal: abort.signal });
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  expect((await reader.read()).value).toContain('"position":1');
  abort.abort();
});

test('an ended job has no place, and a list tells none', async () => {
  const { id } = await submit();
  await worker.open(1);
  await worker.read('one');
  expect(await progressOf(id)).toEqual({ pages_read: 1, pages_total: 1, position: null, eta_seconds: null });
  await submit();
  const list = JobListBody.parse(await (await gateway.call('/v1/jobs?status=queued')).json());
  expect(list.jobs[0]?.progress).toMatchObject({ position: null, eta_seconds: null });
});
