import { randomUUID } from 'node:crypto';
import { BatchBody, JobBody, NewKeyBody } from '@docusnap/contracts';
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

const PICTURE = pdf({ bytes: 4_000 });
const post = (key: string, body: FormData = form([PICTURE]), path = '/v1/jobs', options: { key?: string } = {}) =>
  gateway.call(path, { method: 'POST', body, headers: { 'idempotency-key': key }, ...options });
const postJson = (key: string, path: string, body?: unknown) =>
  gateway.call(path, {
    method: 'POST',
    headers: { 'idempotency-key': key, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });

test('the same request with the same key is one job, shown as it is by then, and leaves no blobs', async () => {
  const key = randomUUID();
  const first = await post(key, form([PICTURE], { options: '{"priority":3}', metadata: '{"a":1,"b":2}' }));
  expect([first.status, first.headers.get('idempotent-replayed')]).toEqual([202, null]);
  const job = JobBody.parse(await first.json());
  const left = await gateway.leftovers();
  // Another boundary, another order of fields and of names: the same request.
  const fields = { metadata: '{"b":2, "a":1}', options: '{ "priority": 3 }' };
  const second = await post(key, form([PICTURE], fields));
  expect([second.status, second.headers.get('idempotent-replayed')]).toEqual([202, 'true']);
  expect(second.headers.get('location')).toBe(`/v1/jobs/${job.id}`);
  expect(JobBody.parse(await second.json())).toEqual(job);
  await worker.open(1);
  await worker.read('done');
  const third = await post(key, form([PICTURE], fields));
  expect(third.status).toBe(200);
  expect(await third.json()).toMatchObject({ id: job.id, status: 'completed' });
  expect((await gateway.leftovers()).blobs).toBe(left.blobs);
});

test.each<[string, FormData]>([
  ['other bytes', form([pdf({ bytes: 4_001 })])],
  ['one file more', form([PICTURE, PICTURE])],
  ['another option', form([PICTURE], { options: '{"priority":4}' })],
  ['other metadata', form([PICTURE], { metadata: '{"a":1}' })],
  ['a password', form([PICTURE], { options: '{"password":"secret"}' })],
  ['another term', form([PICTURE], { retention_seconds: '60' })],
])('another request with the key is refused: %s', async (_what, body) => {
  const key = randomUUID();
  expect((await post(key)).status).toBe(202);
  const before = await gateway.leftovers();
  const refused = await post(key, body);
  expect(refused.status).toBe(422);
  expect(await refused.json()).toMatchObject({ code: 'idempotency_key_reused', retryable: false });
  expect(await gateway.leftovers()).toEqual(before);
  expect((await post(key)).status).toBe(202);
});

test('another password is another request, and the same one is the same', async () => {
  const key = randomUUID();
  const send = (password: string) => post(key, form([PICTURE], { options: JSON.stringify({ password }) }));
  expect((await send('open')).status).toBe(202);
  expect((await send('sesame')).status).toBe(422);
  expect((await send('open')).status).toBe(202);
});

test('of twelve identical requests at once one makes a job; the others are told to come again, and then shown that job', async () => {
  const key = randomUUID();
  const count = async () => Number((await gateway.worker.pool.query('SELECT count(*) FROM jobs')).rows[0].count);
  const before = await count();
  const answers = await Promise.all(Array.from({ length: 12 }, () => post(key)));
  for (const answer of answers) {
    if (answer.status === 202) continue;
    expect(answer.status).toBe(409);
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(await answer.json()).toMatchObject({ code: 'idempotency_key_in_use', retryable: true });
  }
  expect(answers.some(({ status }) => status === 202)).toBe(true);
  expect(await count()).toBe(before + 1);
  expect((await post(key)).status).toBe(202);
  expect(await count()).toBe(before + 1);
});

test('keys are the tenant’s: another API key of it is shown the same job, another tenant makes its own', async () => {
  const key = randomUUID();
  const job = JobBody.parse(await (await post(key)).json());
  const colleague = await gateway.addKey({ scopes: ['write', 'read'] });
  expect(await (await post(key, form([PICTURE]), '/v1/jobs', { key: colleague })).json()).toMatchObject({ id: job.id });
  const stranger = await gateway.addKey({ scopes: ['write', 'read'], tenantId: await gateway.addTenant() });
  const theirs = JobBody.parse(await (await post(key, form([PICTURE]), '/v1/jobs', { key: stranger })).json());
  expect(theirs.id).not.toBe(job.id);
});

test('a refused request does not use its key up', async () => {
  const key = randomUUID();
  expect((await post(key, form([Buffer.from('no picture')]))).status).toBe(422);
  expect((await post(key)).status).toBe(202);
});

test.each([['\u00e9'], ['x'.repeat(256)]])('a key that is none is refused: %j', async (key) => {
  const answer = await gateway.call('/v1/jobs', {
    method: 'POST',
    body: form([PICTURE]),
    headers: { 'idempotency-key': key },
  });
  expect(answer.status).toBe(400);
});

test('with wait, a request that came again waits too', async () => {
  const key = randomUUID();
  await post(key);
  const held = post(key, form([PICTURE]), '/v1/jobs?wait=60');
  // Its query is another: that is another request.
  expect((await held).status).toBe(422);
  const other = randomUUID();
  const first = post(other, form([PICTURE]), '/v1/jobs?wait=60');
  while (gateway.ports.wake.held() < 1) await new Promise((resolve) => setTimeout(resolve, 5));
  const second = post(other, form([PICTURE]), '/v1/jobs?wait=60');
  while (gateway.ports.wake.held() < 2) await new Promise((resolve) => setTimeout(resolve, 5));
  const { rows } = await gateway.worker.pool.query(
    'SELECT id FROM jobs WHERE finished_at IS NULL ORDER BY created_at DESC LIMIT 1',
  );
  await gateway.worker.pool.query('DELETE FROM units WHERE job_id <> $1', [rows[0].id]);
  await worker.failOpen(failure('file_truncated'));
  expect([(await first).status, (await second).status]).toEqual([200, 200]);
  expect(await (await second).json()).toMatchObject({ id: rows[0].id, status: 'failed' });
});

test('a job that was erased meanwhile is not made again', async () => {
  const key = randomUUID();
  const job = JobBody.parse(await (await post(key)).json());
  await gateway.call(`/v1/jobs/${job.id}`, { method: 'DELETE' });
  const answer = await post(key);
  expect([answer.status, (await answer.json()).code]).toEqual([404, 'job_not_found']);
});

test('a split request gives the same jobs again', async () => {
  const key = randomUUID();
  const send = () => post(key, form([PICTURE, pdf({ bytes: 300 })], { options: '{"split":true}' }));
  const [first, second] = [await (await send()).json(), await (await send()).json()];
  expect(first.jobs).toHaveLength(2);
  expect(second).toEqual(first);
});

test('a batch is made once', async () => {
  const key = randomUUID();
  const send = () => post(key, form([PICTURE, PICTURE]), '/v1/batches');
  const [first, second] = [await (await send()).json(), await (await send()).json()];
  expect(first.jobs).toHaveLength(2);
  expect(second).toEqual(first);
  const cancelled = randomUUID();
  const one = BatchBody.parse(await (await postJson(cancelled, `/v1/batches/${first.id}/cancel`)).json());
  const other = await postJson(cancelled, `/v1/batches/${first.id}/cancel`);
  expect(other.headers.get('idempotent-replayed')).toBe('true');
  expect(BatchBody.parse(await other.json())).toEqual(one);
});

test('a key is made once, and its secret is not shown a second time', async () => {
  const key = randomUUID();
  const first = await postJson(key, '/v1/keys', { name: 'once', scopes: ['read'] });
  expect(first.status).toBe(201);
  const made = NewKeyBody.parse(await first.json());
  const again = await postJson(key, '/v1/keys', { scopes: ['read'], name: 'once' });
  expect([again.status, (await again.json()).code]).toEqual([409, 'idempotency_answer_withheld']);
  expect((await postJson(key, '/v1/keys', { name: 'twice', scopes: ['read'] })).status).toBe(422);
  const { rows } = await gateway.worker.pool.query('SELECT made, sealed FROM idempotency_keys WHERE key = $1', [key]);
  expect(rows).toEqual([{ made: { secret: true }, sealed: null }]);
  const { keys } = await (await gateway.call('/v1/keys')).json();
  expect(keys.filter(({ name }: { name: string }) => name === 'once').map(({ id }: { id: string }) => id)).toEqual([
    made.id,
  ]);
});

test('cancelling and retrying happen once, and come back as the job is', async () => {
  const { id } = JobBody.parse(await (await post(randomUUID())).json());
  const [cancel, retry] = [randomUUID(), randomUUID()];
  for (const replayed of [null, 'true']) {
    const answer = await postJson(cancel, `/v1/jobs/${id}/cancel`);
    expect([answer.status, answer.headers.get('idempotent-replayed')]).toEqual([200, replayed]);
    expect(await answer.json()).toMatchObject({ status: 'cancelled' });
  }
  const first = await postJson(retry, `/v1/jobs/${id}/retry`);
  const again = await postJson(retry, `/v1/jobs/${id}/retry`);
  expect([first.status, again.status]).toEqual([202, 202]);
  expect(await again.json()).toMatchObject({ id, status: 'opening' });
  // The key of the one for the other.
  expect((await postJson(cancel, `/v1/jobs/${id}/retry`)).status).toBe(422);
});
