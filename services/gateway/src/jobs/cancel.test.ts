import { JobBody } from '@docusnap/contracts';
import { closeDatabase, openDatabase, reportRate, sweep } from '@docusnap/db';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { form, openTestGateway, openTestWorker, type TestGateway, type TestWorker } from '../test-gateway.ts';
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

const submit = async (fields: Record<string, string> = {}) =>
  JobBody.parse(await (await gateway.call('/v1/jobs', { method: 'POST', body: form([pdf()], fields) })).json());
const refused = async (fields: Record<string, string>) => {
  const answer = await gateway.call('/v1/jobs', { method: 'POST', body: form([pdf()], fields) });
  return [answer.status, (await answer.json()).code];
};
const cancel = (id: string, key?: string) =>
  gateway.call(`/v1/jobs/${id}/cancel`, { method: 'POST', ...(key && { key }) });
const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1_000).toISOString();

test('a job is cancelled in the middle: pages that were read stay, who waits for it is answered, and its result says so', async () => {
  const { id } = await submit();
  await worker.open(2);
  await worker.read('first page');
  const waiting = gateway.call(`/v1/jobs/${id}?wait=60`);
  while (gateway.ports.wake.held() === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  const answer = await cancel(id);
  expect([answer.status, answer.headers.get('location')]).toEqual([200, `/v1/jobs/${id}`]);
  const job = JobBody.parse(await answer.json());
  expect(job).toMatchObject({
    status: 'cancelled',
    pages_total: 2,
    pages_done: 1,
    pages_failed: 1,
    error: { code: 'job_cancelled' },
  });
  expect(job.expires_at).not.toBeNull();
  expect(await (await waiting).json()).toMatchObject({ id, status: 'cancelled' });
  expect((await gateway.call(`/v1/jobs/${id}/pages/1`)).status).toBe(200);
  const text = await (await gateway.call(`/v1/jobs/${id}/result?format=text`)).text();
  expect(text).toContain('first page');
  expect((await (await gateway.call(`/v1/jobs/${id}/pages?status=failed`)).json()).pages).toMatchObject([
    { number: 2, error: { code: 'job_cancelled' } },
  ]);
  const again = await cancel(id);
  expect([again.status, (await again.json()).code]).toEqual([409, 'job_already_ended']);
});

test('without any page read the result is the reason, and a retry reads it after all', async () => {
  const { id } = await submit();
  await cancel(id);
  const result = await gateway.call(`/v1/jobs/${id}/result?format=text`);
  expect([result.status, (await result.json()).code]).toEqual([409, 'job_cancelled']);
  expect((await gateway.call(`/v1/jobs/${id}/retry`, { method: 'POST' })).status).toBe(202);
  await worker.open(1);
  await worker.read('after all');
  expect(await (await gateway.call(`/v1/jobs/${id}`)).json()).toMatchObject({ status: 'completed', error: null });
});

test('a job of another tenant is not there', async () => {
  const { id } = await submit();
  const key = await gateway.addKey({ scopes: ['read', 'write'], tenantId: await gateway.addTenant() });
  expect((await cancel(id, key)).status).toBe(404);
  expect((await cancel('none')).status).toBe(404);
  expect((await (await gateway.call(`/v1/jobs/${id}`)).json()).status).toBe('queued');
});

test('a deadline is shown, and what is not done by then ends as expired, with its pages', async () => {
  const deadline = inSeconds(3_600);
  const { id } = await submit({ deadline, retention_seconds: '120' });
  expect((await (await gateway.call(`/v1/jobs/${id}`)).json()).deadline).toBe(deadline);
  await worker.open(2);
  await worker.read('in time');
  const owner = openDatabase(gateway.urls.ownerUrl);
  await owner.pool.query("UPDATE jobs SET deadline = now() - interval '1 second' WHERE id = $1", [id]);
  await closeDatabase(owner);
  await sweep(gateway.worker, { countBells: async () => 0 });
  const job = JobBody.parse(await (await gateway.call(`/v1/jobs/${id}`)).json());
  expect(job).toMatchObject({ status: 'expired', pages_done: 1, pages_failed: 1, error: { code: 'deadline_missed' } });
  // Kept as long as it asked for.
  expect(Date.parse(job.expires_at!) - Date.parse(job.finished_at!)).toBe(120_000);
  expect((await gateway.call(`/v1/jobs/${id}/pages/1`)).status).toBe(200);
});

test('a deadline that has passed, or is hopeless at the measured rate, is refused and leaves nothing', async () => {
  const before = await gateway.leftovers();
  expect(await refused({ deadline: inSeconds(-1) })).toEqual([422, 'deadline_unreachable']);
  expect(await refused({ deadline: '0001-01-01T00:00:00Z' })).toEqual([422, 'deadline_unreachable']);
  expect(await refused({ deadline: 'soon' })).toEqual([400, 'bad_request']);
  await reportRate(gateway.worker, 'a reader', { readers: 1, pageMs: 60_000 });
  expect(await refused({ deadline: inSeconds(10) })).toEqual([422, 'deadline_unreachable']);
  await gateway.ports.running.settled();
  expect(await gateway.leftovers()).toEqual(before);
  await submit({ deadline: inSeconds(40) });
});
