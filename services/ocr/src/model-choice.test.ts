import { readFile } from 'node:fs/promises';
import { PageText, Problem } from '@docusnap/contracts';
import { readPageRow } from '@docusnap/db';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type SpawnedService, spawnMain, spawnService } from './rehearsal/spawned.ts';
import { openStage, type Stage } from './rehearsal/stage.ts';

const SAMPLE = new URL('../../../deploy/embedded/sample/invoice.jpg', import.meta.url);
const NOT_LOADED = /"pp-ocrv6-small" was asked for; loaded are: pp-ocrv4-mobile\.$/;

let stage: Stage;
let service: SpawnedService;
let sample: Buffer;
beforeAll(async () => {
  [stage, sample] = await Promise.all([openStage('postgres'), readFile(SAMPLE)]);
  service = await spawnService(stage);
});
afterAll(async () => {
  service.kill('SIGKILL');
  await service.exited;
  await stage.close();
});

const readAt = (query: string) =>
  fetch(`${service.url}/v1/read${query}`, {
    method: 'POST',
    body: new Uint8Array(sample),
    headers: { 'content-type': 'image/jpeg' },
  });

test('a job that names models that are loaded is read with them', async () => {
  const job = await stage.ended(await stage.submit([sample], { model: 'pp-ocrv4-mobile' }));
  expect(job).toMatchObject({ status: 'completed', pagesDone: 1, options: { model: 'pp-ocrv4-mobile' } });
});

test('a job that names models that are not loaded fails for good, with those that are in its words', async () => {
  const jobId = await stage.submit([sample], { model: 'pp-ocrv6-small' });
  expect(await stage.ended(jobId)).toMatchObject({ status: 'failed', pagesFailed: 1 });
  const { page } = await readPageRow(stage.api, stage.tenantId, jobId, 1);
  expect(page).toMatchObject({
    status: 'failed',
    attempts: 1,
    error: { code: 'model_not_loaded', retryable: false, message: expect.stringMatching(NOT_LOADED) },
  });
});

test('a direct caller may name the models too', async () => {
  const answer = await readAt('?model=pp-ocrv4-mobile');
  expect(answer.status).toBe(200);
  const { page } = (await answer.json()) as { page: unknown };
  expect(PageText.parse(page).models?.recognition.name).toBe('ch_PP-OCRv4_rec_mobile');
  const refused = Problem.parse(await (await readAt('?model=pp-ocrv6-small')).json());
  expect(refused).toMatchObject({ status: 422, code: 'model_not_loaded', detail: expect.stringMatching(NOT_LOADED) });
  const wrong = Problem.parse(await (await readAt('?model=../x')).json());
  expect(wrong).toMatchObject({ status: 400, code: 'invalid_options' });
});

test('models that are not installed end the start with a sentence that says what to do', async () => {
  const { exited, log } = spawnMain({
    ...stage.environment,
    OCR_READERS: '1',
    OCR_MODELS: 'pp-ocrv4-mobile,pp-ocrv5-mobile',
  });
  expect(await exited).toEqual({ code: 1, signal: null });
  expect(log.join('\n')).toMatch(/ch_PP-OCRv5_rec_mobile.onnx is missing.*npm run models -- pull/);
});
