import { NewKeyBody, UsageListBody } from '@docusnap/contracts';
import { says, startLanguageModelServer } from '@docusnap/testing';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { form, openTestGateway, openTestWorker, type TestGateway } from '../test-gateway.ts';
import { pdf } from '../test-pictures.ts';
import { understandNext } from '../understand/lane.ts';
import { modelAt, openTestLane } from '../understand/test-lane.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await openTestGateway();
});
afterAll(() => gateway.close());

const usage = async (query = '') => UsageListBody.parse(await (await gateway.call(`/v1/usage${query}`)).json());
const refusal = async (query: string) => (await gateway.call(`/v1/usage${query}`)).status;

test('usage is told by day and by the key that a job came with', async () => {
  const made = await gateway.call('/v1/keys', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'scanner' }),
  });
  const { id: keyId, key } = NewKeyBody.parse(await made.json());
  const picture = pdf();
  await gateway.call('/v1/jobs', { method: 'POST', body: form([picture]), key });
  const worker = openTestWorker(gateway);
  await worker.open(1);
  await worker.read('a page');
  const day = new Date().toISOString().slice(0, 10);
  const used = { jobs: 1, jobs_failed: 0, files: 1, bytes: picture.length, pages: 1, pages_failed: 0 };
  expect((await usage()).usage).toMatchObject([{ day, key_id: null, ...used }]);
  expect((await usage('?group_by=key')).usage).toMatchObject([{ day: null, key_id: keyId, ...used }]);
  expect((await usage('?group_by=day,key')).usage).toMatchObject([{ day, key_id: keyId, ...used }]);
  expect((await usage('?group_by=none')).usage).toMatchObject([{ day: null, key_id: null, ...used }]);
  expect((await usage(`?to=${day}`)).usage).toEqual([]);
  for (const query of ['?from=x', '?from=2026-01-02&to=2026-01-01', '?from=2000-01-01', '?group_by=tenant']) {
    expect([query, await refusal(query)]).toEqual([query, 400]);
  }
});

test('tokens of an attempt that failed are counted, in usage and in the metrics', async () => {
  const server = await startLanguageModelServer(() => says('I would rather not.'));
  const opened = openTestLane(gateway, modelAt(server.baseUrl));
  try {
    const tokens = async () => (await usage('?group_by=none')).usage[0]?.prompt_tokens ?? 0;
    const before = await tokens();
    const worker = openTestWorker(gateway);
    await gateway.call('/v1/jobs', { method: 'POST', body: form([pdf()], { task: 'classify' }) });
    await worker.open(1);
    await worker.read('INVOICE');
    await understandNext(opened.lane);
    const { rows } = await gateway.worker.pool.query<{ prompt_tokens: number; claims: number }>(
      'SELECT prompt_tokens, claims FROM understandings',
    );
    // The answer was no JSON, twice; the job waits for its next attempt.
    expect(rows[0]).toMatchObject({ claims: 1 });
    expect(rows[0]?.prompt_tokens).toBeGreaterThan(0);
    expect(await opened.metrics.registry.metrics()).toContain(
      `docusnap_model_tokens_total{kind="prompt"} ${rows[0]?.prompt_tokens}`,
    );
    await gateway.worker.pool.query('UPDATE understandings SET not_before = now(), attempt = 10');
    await understandNext(opened.lane);
    expect(await tokens()).toBe(before + 2 * rows[0]!.prompt_tokens);
  } finally {
    await opened.close();
    await server.close();
  }
});
