import type { JobBody, ResultBody, Understanding } from '@docusnap/contracts';
import { type LanguageModelServer, says, startLanguageModelServer } from '@docusnap/testing';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { form, openTestGateway, openTestWorker, type TestGateway, type TestWorker } from '../test-gateway.ts';
import { pdf } from '../test-pictures.ts';
import { understandNext } from './lane.ts';
import { modelAt, openTestLane, type TestLane } from './test-lane.ts';

const SCHEMA = JSON.stringify({ type: 'object', properties: { total: { type: 'number' } } });
const JPEG = Buffer.from([0xff, 0xd8, 0xff, 0xd9]);

let gateway: TestGateway;
let worker: TestWorker;
let server: LanguageModelServer;
let opened: TestLane;
/** Of a tenant who has asked nothing yet. */
let key: string;
beforeAll(async () => {
  gateway = await openTestGateway();
  worker = openTestWorker(gateway);
});
beforeEach(async () => {
  key = await keyOfAnotherTenant();
  server = await startLanguageModelServer(() => says({ total: 29.7 }));
});
afterEach(async () => {
  await opened.close();
  await server.close();
});
afterAll(() => gateway.close());

async function keyOfAnotherTenant(): Promise<string> {
  return gateway.addKey({ scopes: ['read', 'write'], tenantId: await gateway.addTenant() });
}

/** A job whose page was read, understood by the scripted model. */
async function understood(options: object = {}, { by = key, text = 'Total: 29.70' } = {}): Promise<JobBody> {
  const body = form([pdf()], { task: 'extract', schema: SCHEMA, options: JSON.stringify(options) });
  const job = (await (await gateway.call('/v1/jobs', { method: 'POST', body, key: by })).json()) as JobBody;
  await worker.open(1);
  const page = await worker.read(text);
  if ('vision' in options) await worker.render(page, { small: JPEG, large: JPEG });
  await understandNext(opened.lane);
  return job;
}

async function extractionOf(job: JobBody): Promise<Understanding | null> {
  return ((await (await gateway.call(`/v1/jobs/${job.id}/result`, { key })).json()) as ResultBody).extraction;
}

test('the same question about the same pages is not asked of a language model again', async () => {
  opened = openTestLane(gateway, modelAt(server.baseUrl));
  const first = await extractionOf(await understood());
  expect(first?.usage.prompt_tokens).toBeGreaterThan(0);
  const again = await understood();
  expect(server.requests).toHaveLength(1);
  const none = { prompt_tokens: 0, completion_tokens: 0 };
  expect(await extractionOf(again)).toEqual({ ...first, usage: none, cached: true });
  // Erasing the first leaves the second as it is, and found no more.
  expect(first?.cached).toBeUndefined();
});

test.each([
  ['another text', () => understood({}, { text: 'Total: 30.70' })],
  ['a job that does without', () => understood({ cache: false })],
  ['another option', () => understood({ require_grounding: true })],
  ['another tenant', async () => understood({}, { by: await keyOfAnotherTenant() })],
])('%s is asked anew', async (_what, second) => {
  opened = openTestLane(gateway, modelAt(server.baseUrl));
  await understood();
  await second();
  expect(server.requests).toHaveLength(2);
});

test('what was erased, or asked anew, is not found', async () => {
  opened = openTestLane(gateway, modelAt(server.baseUrl));
  const { id } = await understood();
  await gateway.call(`/v1/jobs/${id}`, { method: 'DELETE', key });
  const second = await understood();
  expect(server.requests).toHaveLength(2);
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ task: 'classify' });
  await gateway.call(`/v1/jobs/${second.id}/extractions`, { method: 'POST', headers, body, key });
  await understood();
  // The asking anew, which stands first in the queue, and the question that was known until then.
  await understandNext(opened.lane);
  expect(server.requests.length).toBeGreaterThanOrEqual(4);
  // The model's answer was none to it: it would be asked again among the questions of the next test.
  await gateway.call(`/v1/jobs/${second.id}`, { method: 'DELETE', key });
});

test('a model that sees is shown the pages where the job asks for it, and only there', async () => {
  opened = openTestLane(gateway, modelAt(server.baseUrl, { vision: true }));
  expect(await extractionOf(await understood({ vision: true }))).toMatchObject({ pictures: 1 });
  const shown = JSON.stringify(server.requests[0]?.body.messages);
  expect(shown).toContain(`data:image/jpeg;base64,${JPEG.toString('base64')}`);
  expect(await extractionOf(await understood({ vision: false }))).not.toHaveProperty('pictures');
  expect(JSON.stringify(server.requests[1]?.body.messages)).not.toContain('data:image');
});

test('what was answered without the pictures that were asked for is not given to who asks again', async () => {
  opened = openTestLane(gateway, modelAt(server.baseUrl, { vision: true }));
  const { blobs } = opened.lane;
  const get = () => {
    throw new Error('away');
  };
  Object.assign(opened.lane, { blobs: { ...blobs, get } });
  expect(await extractionOf(await understood({ vision: true }))).toMatchObject({ pictures: 0 });
  Object.assign(opened.lane, { blobs });
  expect(await extractionOf(await understood({ vision: true }))).toMatchObject({ pictures: 1 });
  expect(server.requests).toHaveLength(2);
});

test('a model that does not see is told the text alone, and the result says so', async () => {
  opened = openTestLane(gateway, modelAt(server.baseUrl));
  expect(await extractionOf(await understood({ vision: true }))).toMatchObject({ engine: 'model', pictures: 0 });
});

test('what was understood is saved once the database is back from a moment’s absence, and not asked again', async () => {
  opened = openTestLane(gateway, modelAt(server.baseUrl));
  const { pool } = gateway.worker;
  const query = pool.query.bind(pool);
  let lost = 0;
  const away = async (text: string, values: unknown[]) => {
    if (!text.includes('finish_understanding') || lost === 2) return query(text, values);
    lost += 1;
    throw Object.assign(new Error('away'), { code: 'ECONNREFUSED' });
  };
  Object.assign(pool, { query: away });
  const job = await understood();
  Object.assign(pool, { query });
  expect([lost, server.requests.length]).toEqual([2, 1]);
  expect((await extractionOf(job))?.usage.prompt_tokens).toBeGreaterThan(0);
});
