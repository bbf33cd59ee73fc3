import { type JobBody, type ResultBody, type Understanding, UnderstoodBody } from '@docusnap/contracts';
import { claimUnderstanding, sweep } from '@docusnap/db';
import type { Metrics } from '@docusnap/runtime';
import { HANG, says, startLanguageModelServer } from '@docusnap/testing';
import { afterAll, afterEach, beforeEach, expect, test } from '@jest/globals';
import { form, openTestGateway, openTestWorker, type TestGateway, type TestWorker } from '../test-gateway.ts';
import { pdf } from '../test-pictures.ts';
import { type Lane, understandNext } from './lane.ts';
import type { ModelConfig } from './model/open-language-model.ts';
import { MOST_MS, modelAt, openTestLane } from './test-lane.ts';
import { openUnderstander, type Understander } from './understander.ts';

const SCHEMA = { type: 'object', properties: { total: { type: 'number' }, iban: { type: 'string' } } };
const ASK = { task: 'extract', schema: SCHEMA };

let gateway: TestGateway;
let worker: TestWorker;
let closing: (() => unknown)[];
let metrics: Metrics;
beforeEach(async () => {
  gateway = await openTestGateway();
  worker = openTestWorker(gateway);
  closing = [];
});
afterEach(async () => {
  for (const close of closing.reverse()) await close();
  await gateway.close();
});

/** Of all jobs for which no language model is asked: to start one takes a second. */
let byRules: Understander | undefined;
afterAll(() => byRules?.close());

function openLane(model: ModelConfig = null, options: { mostMs?: number; stopping?: AbortSignal } = {}): Lane {
  if (model === null) byRules ??= openUnderstander({ model, mostMs: MOST_MS });
  const opened = openTestLane(gateway, model, { ...options, understander: model === null ? byRules : undefined });
  closing.push(opened.close);
  metrics = opened.metrics;
  return opened.lane;
}

async function send(path: string, body: unknown): Promise<Response> {
  const headers = { 'content-type': 'application/json' };
  return gateway.call(path, { method: 'POST', headers, body: JSON.stringify(body) });
}

async function submit(fields: Record<string, string>): Promise<JobBody> {
  const response = await gateway.call('/v1/jobs', { method: 'POST', body: form([pdf()], fields) });
  expect(response.status).toBe(202);
  return (await response.json()) as JobBody;
}

/** Submits a job that asks for its total, and reads its page. */
async function submitRead(text = 'Total: 29.70'): Promise<string> {
  const job = await submit({ task: 'extract', schema: JSON.stringify(SCHEMA) });
  expect(job).toMatchObject({ task: 'extract', extraction: { status: 'waiting', error: null } });
  await worker.open(1);
  await worker.read(text);
  return job.id;
}

async function poll(id: string): Promise<JobBody> {
  return (await (await gateway.call(`/v1/jobs/${id}`)).json()) as JobBody;
}

async function resultOf(id: string): Promise<ResultBody> {
  const response = await gateway.call(`/v1/jobs/${id}/result`);
  expect(response.status).toBe(200);
  return (await response.json()) as ResultBody;
}

test('a job that asks for fields ends with them, each with its proof', async () => {
  const id = await submitRead();
  expect(await poll(id)).toMatchObject({
    status: 'understanding',
    finished_at: null,
    extraction: { status: 'queued' },
  });
  await understandNext(openLane());
  expect(await poll(id)).toMatchObject({ status: 'completed', extraction: { status: 'done', error: null } });
  const { extraction, pages } = await resultOf(id);
  expect(pages).toHaveLength(1);
  const { fields, engine, task } = extraction as Understanding;
  expect({ engine, task }).toEqual({ engine: 'rules', task: 'extract' });
  expect(fields.total).toMatchObject({ value: 29.7, grounded: true, evidence: [{ page: 1, lines: [0] }] });
  expect(fields.iban).toMatchObject({ value: null, grounded: false });
});

test('what was understood is nowhere in the clear in the database', async () => {
  await submitRead('Total: 29.70');
  await understandNext(openLane());
  const { rows } = await gateway.worker.pool.query('SELECT request, sealed FROM understandings');
  for (const bytes of [rows[0].request, rows[0].sealed]) {
    expect(bytes.toString('latin1')).not.toMatch(/total|29\.7/i);
  }
});

test('the pages of an ended job are understood again without being read again', async () => {
  const { id } = await submit({});
  expect((await send(`/v1/jobs/${id}/extractions`, ASK)).status).toBe(409);
  await worker.open(1);
  await worker.read('Total: 29.70');
  expect((await resultOf(id)).extraction).toBeNull();
  const understood = async () => UnderstoodBody.parse(await (await gateway.call(`/v1/jobs/${id}/extractions`)).json());
  expect(await understood()).toEqual({ task: null, status: null, error: null, extraction: null });
  for (const task of ['extract', 'classify'] as const) {
    const asked = await send(`/v1/jobs/${id}/extractions`, task === 'extract' ? ASK : { task });
    expect(asked.status).toBe(202);
    expect(asked.headers.get('location')).toBe(`/v1/jobs/${id}`);
    expect(await asked.json()).toMatchObject({ status: 'understanding', task });
    expect(await understood()).toEqual({ task, status: 'queued', error: null, extraction: null });
    await understandNext(openLane());
    const { extraction } = await resultOf(id);
    expect(extraction?.task).toBe(task);
    expect(await understood()).toEqual({ task, status: 'done', error: null, extraction });
  }
  await expect(worker.claim()).rejects.toThrow('no unit waits');
  expect((await send(`/v1/jobs/${crypto.randomUUID()}/extractions`, ASK)).status).toBe(404);
  expect((await send(`/v1/jobs/${id}/extractions`, { task: 'guess' })).status).toBe(400);
  expect((await send(`/v1/jobs/${id}/extractions`, { task: 'extract' })).status).toBe(400);
  const other = await gateway.addKey({ scopes: ['read', 'write'], tenantId: await gateway.addTenant() });
  const headers = { 'content-type': 'application/json' };
  const foreign = { method: 'POST', headers, body: JSON.stringify(ASK), key: other };
  expect((await gateway.call(`/v1/jobs/${id}/extractions`, foreign)).status).toBe(404);
});

test('filling a form takes no files, and waits for the lane at once', async () => {
  const library = [{ type: 'doc', id: 'd1', title: 'Passport', kv: { Surname: 'Eriksson' } }];
  const form = { fields: ['Surname'], kv: {} };
  const response = await send('/v1/jobs', { task: 'fill', form, library });
  expect(response.status).toBe(202);
  const job = (await response.json()) as JobBody;
  expect(job).toMatchObject({ status: 'understanding', pages_total: 0, files: [] });
  await understandNext(openLane());
  const { extraction } = await resultOf(job.id);
  expect(extraction?.result).toEqual({ Surname: { value: 'Eriksson', source: { type: 'doc', resource_id: 'd1' } } });
  const asText = await gateway.call(`/v1/jobs/${job.id}/result?format=text`);
  expect(asText.status).toBe(406);
  expect((await send('/v1/jobs', { task: 'classify' })).status).toBe(400);
  expect((await send('/v1/jobs', { task: 'fill', form, files: [{ content: 'AAAA' }] })).status).toBe(422);
});

test('a language model understands where there is one, its values are proven by the page, and its tokens are counted', async () => {
  const server = await startLanguageModelServer(() => says({ total: 29.7, iban: 'DE89370400440532013000' }));
  closing.push(() => server.close());
  const id = await submitRead();
  await understandNext(openLane(modelAt(server.baseUrl)));
  const { engine, model, fields } = (await resultOf(id)).extraction as Understanding;
  expect({ engine, model }).toEqual({ engine: 'model', model: 'm' });
  expect(fields.total).toMatchObject({ value: 29.7, grounded: true });
  expect(fields.iban).toMatchObject({ grounded: false, confidence: 0, evidence: [] });
  const { rows } = await gateway.worker.pool.query('SELECT prompt_tokens, completion_tokens FROM understandings');
  expect(rows[0].prompt_tokens).toBeGreaterThan(0);
  expect(rows[0].completion_tokens).toBeGreaterThan(0);
  const shown = await metrics.registry.metrics();
  expect(shown).toContain('docusnap_understandings_total{task="extract",outcome="done"} 1');
  expect(shown).toContain(`docusnap_model_tokens_total{kind="prompt"} ${rows[0].prompt_tokens}`);
  expect(shown).toMatch(/docusnap_model_request_seconds_count\{outcome="ok"\} [1-9]/);
  expect(shown).toContain('docusnap_understanding_cache_lookups_total{outcome="miss"} 1');
});

test('a language model that is away costs the job its extraction only, after several tries, and never its text', async () => {
  const model = modelAt('http://127.0.0.1:9/v1', { timeoutSeconds: 1 });
  const lane = openLane(model);
  const id = await submitRead();
  // The first three would be as the fourth; each takes its time.
  await gateway.worker.pool.query('UPDATE understandings SET attempt = 3');
  for (const attempt of [4, 5]) {
    await understandNext(lane);
    if (attempt < 5) {
      expect(await poll(id)).toMatchObject({ status: 'understanding', extraction: { status: 'queued' } });
      expect(await claimUnderstanding(gateway.worker, { holder: 'too early' })).toBeNull();
      await gateway.worker.pool.query('UPDATE understandings SET not_before = now()');
    }
  }
  expect(await poll(id)).toMatchObject({
    status: 'partial',
    extraction: { status: 'failed', error: { code: 'llm_unavailable' } },
  });
  expect(await metrics.registry.metrics()).toMatch(
    /docusnap_model_request_seconds_count\{outcome="llm_unavailable"\} [1-9]/,
  );
  const text = await gateway.call(`/v1/jobs/${id}/result?format=text`);
  expect(await text.text()).toContain('29.70');
});

test('a thread that takes too long is ended, and the job tried again', async () => {
  const server = await startLanguageModelServer(() => HANG);
  closing.push(() => server.close());
  const model = modelAt(server.baseUrl);
  const lane = openLane(model, { mostMs: 1_500 });
  const id = await submitRead();
  await understandNext(lane);
  expect(gateway.logged.join('')).toContain('understanding_lost');
  expect(await poll(id)).toMatchObject({ status: 'understanding', extraction: { status: 'queued' } });
});

test('a process that stops hands the job back, as if it had not had it', async () => {
  const server = await startLanguageModelServer(() => HANG);
  closing.push(() => server.close());
  const stopping = new AbortController();
  const model = modelAt(server.baseUrl);
  const lane = openLane(model, { stopping: stopping.signal });
  const id = await submitRead();
  const working = understandNext(lane);
  while (server.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  stopping.abort();
  await working;
  const again = await claimUnderstanding(gateway.worker, { holder: 'another' });
  expect(again).toMatchObject({ jobId: id, attempt: 1 });
});

test('what a killed process had in hand is understood by another once its lease is over', async () => {
  const id = await submitRead();
  await claimUnderstanding(gateway.worker, { holder: 'killed' });
  await understandNext(openLane());
  expect(await poll(id)).toMatchObject({ status: 'understanding' });
  await gateway.worker.pool.query("UPDATE understandings SET leased_until = now() - interval '1 s'");
  const swept = await sweep(gateway.worker, { countBells: async () => 0 });
  expect(swept).toMatchObject({ released: 1, toRing: { understand: 1 } });
  await understandNext(openLane());
  expect(await poll(id)).toMatchObject({ status: 'completed' });
});

test('an erased job is told to a language model no longer', async () => {
  const server = await startLanguageModelServer(() => HANG);
  closing.push(() => server.close());
  const id = await submitRead();
  const lane = openLane(modelAt(server.baseUrl));
  const understood = understandNext(lane);
  while (server.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  expect((await gateway.call(`/v1/jobs/${id}`, { method: 'DELETE' })).status).toBe(204);
  await understood;
  expect(gateway.logged.join('')).toContain('"outcome":"lost"');
});

test('a job that is erased while it is understood leaves nothing', async () => {
  const id = await submitRead();
  const lane = openLane();
  const understood = understandNext(lane);
  expect((await gateway.call(`/v1/jobs/${id}`, { method: 'DELETE' })).status).toBe(204);
  await understood;
  const { rows } = await gateway.worker.pool.query('SELECT count(*)::int AS rows FROM understandings');
  expect(rows).toEqual([{ rows: 0 }]);
});
