import { readConfig } from '@docusnap/runtime';
import { afterAll, afterEach, expect, test } from '@jest/globals';
import { GatewayConfig } from '../config.ts';
import { form, openTestGateway, type TestGateway } from '../test-gateway.ts';
import { png } from '../test-pictures.ts';
import { readFields } from './fields.ts';

const open: TestGateway[] = [];
afterEach(() => Promise.all(open.splice(0).map((gateway) => gateway.close())));
afterAll(() => expect(open).toEqual([]));

async function start(modelSets?: readonly string[]): Promise<TestGateway> {
  const gateway = await openTestGateway(modelSets ? { modelSets } : {});
  open.push(gateway);
  return gateway;
}

const submit = (gateway: TestGateway, model: string) =>
  gateway.call('/v1/jobs', { method: 'POST', body: form([png()], { options: JSON.stringify({ model }) }) });

test('a gateway that was not told which models are loaded takes any name, and keeps it with the job', async () => {
  const gateway = await start();
  const answer = await submit(gateway, 'pp-ocrv6-small');
  expect(answer.status).toBe(202);
  expect(await answer.json()).toMatchObject({ options: { priority: 5, model: 'pp-ocrv6-small' } });
});

test('a gateway that was told refuses other names at once, with those that are, and leaves nothing behind', async () => {
  const gateway = await start(['pp-ocrv4-mobile', 'pp-ocrv5-mobile']);
  const refused = await submit(gateway, 'pp-ocrv6-small');
  expect(await refused.json()).toMatchObject({
    status: 400,
    code: 'invalid_options',
    detail: expect.stringMatching(/"pp-ocrv6-small" is not loaded; there are: pp-ocrv4-mobile, pp-ocrv5-mobile\.$/),
  });
  expect(await gateway.leftovers()).toEqual({ rows: 0, blobs: 0 });
  expect((await submit(gateway, 'pp-ocrv5-mobile')).status).toBe(202);
});

test.each(['', 'PP-OCRv5', '../models', 'a b', 'x'.repeat(65), 7, null])('%j is no name of models', (model) => {
  expect(() => readFields({ options: { model } })).toThrow(
    expect.objectContaining({ code: 'invalid_options', message: expect.stringContaining('model') }),
  );
});

test('OCR_MODELS names the sets that jobs may ask for; without it nothing is known', () => {
  const needed = { DATABASE_URL: 'a', DATABASE_WORKER_URL: 'b', BLOB_DIR: 'c', MASTER_KEY: `k:${'A'.repeat(43)}=` };
  const named = readConfig(GatewayConfig, { ...needed, OCR_MODELS: 'pp-ocrv4-mobile, pp-ocrv6-small' });
  expect(named.OCR_MODELS).toEqual(['pp-ocrv4-mobile', 'pp-ocrv6-small']);
  expect(readConfig(GatewayConfig, needed).OCR_MODELS).toBeUndefined();
  expect(() => readConfig(GatewayConfig, { ...needed, OCR_MODELS: 'a,,b' })).toThrow('OCR_MODELS');
});
