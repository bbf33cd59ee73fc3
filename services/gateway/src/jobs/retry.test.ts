import { JobBody, PageBody, ResultBody } from '@docusnap/contracts';
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
  const body = form(Array.from({ length: files }, () => pdf()));
  return JobBody.parse(await (await gateway.call('/v1/jobs', { method: 'POST', body })).json()).id;
}

const get = (path: string, headers: Record<string, string> = {}) => gateway.call(path, { headers });
const retry = (id: string) => gateway.call(`/v1/jobs/${id}/retry`, { method: 'POST' });
const job = async (id: string) => JobBody.parse(await (await get(`/v1/jobs/${id}`)).json());

/** Of three pages the second fails. */
async function submitPartial(): Promise<string> {
  const id = await submit();
  await worker.open(3);
  await worker.read('one');
  await worker.failRead(failure('page_poisonous'));
  await worker.read('three');
  return id;
}

test('a retry reads the failed page again, and rings for it; the others stay readable meanwhile', async () => {
  const id = await submitPartial();
  expect(await job(id)).toMatchObject({ status: 'partial', pages_total: 3, pages_done: 2, pages_failed: 1 });
  const before = gateway.rung.length;
  const answer = await retry(id);
  expect(answer.status).toBe(202);
  expect(answer.headers.get('location')).toBe(`/v1/jobs/${id}`);
  expect(answer.headers.get('retry-after')).toBe('1');
  expect(JobBody.parse(await answer.json())).toMatchObject({
    status: 'reading',
    pages_total: 3,
    pages_done: 2,
    pages_failed: 0,
    finished_at: null,
    error: null,
  });
  await gateway.ports.running.settled();
  expect(gateway.rung.slice(before)).toEqual([{ count: 1, jobId: id }]);
  expect(PageBody.parse(await (await get(`/v1/jobs/${id}/pages/3`)).json()).status).toBe('done');
  expect(await (await get(`/v1/jobs/${id}/pages/2`)).json()).toMatchObject({ code: 'page_not_ready' });
  expect((await get(`/v1/jobs/${id}/result`)).status).toBe(409);

  await worker.read('two');
  expect(await job(id)).toMatchObject({ status: 'completed', pages_done: 3 });
  const result = await get(`/v1/jobs/${id}/result`);
  expect(result.headers.get('x-pages-total')).toBe('3');
  expect(result.headers.get('x-pages-read')).toBe('3');
  const { pages } = ResultBody.parse(await result.json());
  expect(pages.map(({ attempts }) => attempts)).toEqual([1, 2, 1]);
});

test('a job that runs cannot be retried, nor can one without failures', async () => {
  const id = await submit();
  const running = await retry(id);
  expect(running.status).toBe(409);
  expect(await running.json()).toMatchObject({ code: 'job_still_running', retryable: true });
  await worker.open(1);
  await worker.read('one');
  const done = await retry(id);
  expect(done.status).toBe(409);
  expect(await done.json()).toMatchObject({ code: 'nothing_to_retry', retryable: false });
});

test('many retries at a time are one', async () => {
  const id = await submitPartial();
  const answers = await Promise.all(Array.from({ length: 6 }, () => retry(id)));
  expect(answers.map(({ status }) => status).toSorted()).toEqual([202, 409, 409, 409, 409, 409]);
  await worker.claim();
  await expect(worker.claim()).rejects.toThrow('no unit waits');
});

test('a key that may only read cannot retry', async () => {
  const id = await submitPartial();
  const key = await gateway.addKey({ scopes: ['read'] });
  expect((await gateway.call(`/v1/jobs/${id}/retry`, { method: 'POST', key })).status).toBe(403);
});

test('a stream that has seen the end goes on with the retry, and the page comes again', async () => {
  const id = await submitPartial();
  const seen = await (await get(`/v1/jobs/${id}/events`)).text();
  const last = [...seen.matchAll(/^id: (\d+)$/gm)].at(-1)?.[1] ?? '';
  expect((await get(`/v1/jobs/${id}/events`, { 'last-event-id': last })).status).toBe(204);
  await retry(id);
  const again = get(`/v1/jobs/${id}/events`, { 'last-event-id': last }).then((response) => response.text());
  while (gateway.ports.wake.held() === 0) await new Promise((resolve) => setTimeout(resolve, 2));
  await worker.read('two');
  const events = [...(await again).matchAll(/^event: (\w+)\ndata: (.*)$/gm)].map(([, name, data]) => {
    const { status, number } = JSON.parse(data ?? '');
    return `${name} ${number ?? ''}${status}`;
  });
  expect(events).toEqual(['job reading', 'page 2done', 'job completed']);
});

test('a poll that is held over a retry waits for the new end, and the ETag of the old end is another', async () => {
  const id = await submitPartial();
  const old = (await get(`/v1/jobs/${id}`)).headers.get('etag') ?? '';
  await retry(id);
  const changed = await get(`/v1/jobs/${id}`, { 'if-none-match': old });
  expect(changed.status).toBe(200);
  const answer = get(`/v1/jobs/${id}?wait=60`);
  while (gateway.ports.wake.held() === 0) await new Promise((resolve) => setTimeout(resolve, 2));
  await worker.failRead(failure('page_timeout'));
  expect(JobBody.parse(await (await answer).json())).toMatchObject({ status: 'partial', pages_failed: 1 });
});
