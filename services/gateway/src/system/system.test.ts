import { createServer } from 'node:http';
import { SystemBody } from '@docusnap/contracts';
import { reportRate } from '@docusnap/db';
import { listen } from '@docusnap/runtime';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { form, openTestGateway, openTestWorker, type TestGateway } from '../test-gateway.ts';
import { pdf } from '../test-pictures.ts';
import { openSystemSources } from './sources.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await openTestGateway();
});
afterAll(() => gateway.close());

const system = async () => SystemBody.parse(await (await gateway.call('/v1/system')).json());

test('what waits, who reads and how fast, and what can be reached, is told to operators', async () => {
  expect(await system()).toMatchObject({
    checks: { database: { status: 'ok' }, queue: { status: 'ok' }, storage: { status: 'ok' } },
    lanes: { read: { waiting: 0, in_hand: 0, oldest_waiting_seconds: 0 } },
    backlog_seconds: 0,
    pages_per_second: null,
    readers: 0,
    workers: [],
    queue: { kind: 'postgres' },
    database: { bytes: expect.any(Number) },
    storage: { kind: 'disk', free_bytes: null, least_free_bytes: 0 },
    llm: null,
    versions: { schema: expect.stringMatching(/^\d{4}_/), postgresql: expect.any(String), node: process.version },
  });
  for (let job = 0; job < 3; job += 1) await gateway.call('/v1/jobs', { method: 'POST', body: form([pdf()]) });
  const worker = openTestWorker(gateway);
  await worker.open(4);
  await worker.claim();
  expect(await system()).toMatchObject({ lanes: { read: { waiting: 5, in_hand: 1 } }, backlog_seconds: null });
  const about = { version: '1.2.3', models: ['small'], provider: 'cpu' };
  await reportRate(gateway.worker, 'one', { readers: 2, pageMs: 500, about });
  await reportRate(gateway.worker, 'two', { readers: 1, pageMs: 1_000 });
  expect(await system()).toMatchObject({
    readers: 3,
    pages_per_second: 5,
    backlog_seconds: 1.2,
    workers: [
      { name: 'one', readers: 2, page_milliseconds: 500, version: '1.2.3', models: ['small'], provider: 'cpu' },
      { name: 'two', readers: 1, page_milliseconds: 1_000, version: null, models: [], provider: null },
    ],
    tenants: { all: 1, suspended: 0, erasing: 0 },
  });
});

test('nobody but an operator is told', async () => {
  const key = await gateway.addKey({ scopes: ['read', 'write', 'admin'] });
  expect((await gateway.call('/v1/system', { key })).status).toBe(403);
});

test('a language model is told by name and host, and whether it answers to us', async () => {
  let status = 200;
  const server = createServer((request, response) => {
    if (request.headers.authorization !== 'Bearer secret') status = 401;
    response.writeHead(status).end('{}');
  });
  const port = await listen(server, { host: '127.0.0.1', port: 0, variable: 'PORT' });
  const model = {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    model: 'm',
    contextTokens: 1,
    timeoutSeconds: 30,
    vision: false,
  };
  const sources = (apiKey: string | null) =>
    openSystemSources(undefined, { ...model, apiKey }, { leastFreeBytes: 0 }).llm!;
  expect(sources('secret')).toMatchObject({ model: 'm', host: `127.0.0.1:${port}` });
  await sources('secret').check();
  await expect(sources(null).check()).rejects.toThrow('401');
  await new Promise((resolve) => server.close(resolve));
  await expect(sources('secret').check()).rejects.toThrow();
  const away = await openTestGateway({ system: { llm: sources('secret') } });
  expect(SystemBody.parse(await (await away.call('/v1/system')).json()).llm).toMatchObject({
    status: 'failed',
    model: 'm',
  });
  await away.close();
});
