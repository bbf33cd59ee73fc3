import { JobBody } from '@docusnap/contracts';
import { closeDatabase, openDatabase } from '@docusnap/db';
import { openMetrics } from '@docusnap/runtime';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { until } from '../fetch/test-host.ts';
import { failure } from '../test-gateway.ts';
import { openWebhookMetrics } from './metrics.ts';
import { openStage, post, type Received, type Stage, verified } from './test-receiver.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterEach(() => stage.clear());
afterAll(() => stage.close());

test('an ended job is told of, signed as Standard Webhooks are, with the job as a poll shows it and nothing of its text', async () => {
  const { id: webhookId, secret } = await stage.addWebhook();
  stage.deliver();
  const id = await stage.endedJob({ metadata: '{"reference":"R-1"}' });
  await until(() => stage.received.length === 1);
  const [message] = stage.received as [Received];
  const event = verified(secret, message);
  expect(event).toMatchObject({ type: 'job.completed', id: message.headers['webhook-id'] });
  const job = JobBody.parse(event.data);
  expect(job).toMatchObject({ id, status: 'completed', pages_done: 1, metadata: { reference: 'R-1' } });
  const { progress: _now, ...polled } = JobBody.parse(await (await stage.gateway.call(`/v1/jobs/${id}`)).json());
  expect(event.data).toMatchObject(polled);
  expect(event.timestamp).toBe(job.finished_at);
  expect(message.body).not.toContain('INVOICE');
  expect(message.headers['content-type']).toBe('application/json');
  expect(() => new Webhook(secret).verify(`${message.body} `, message.headers as Record<string, string>)).toThrow();
  expect(() => verified(`whsec_${Buffer.alloc(32).toString('base64')}`, message)).toThrow();
  expect(await stage.log(webhookId, 1)).toMatchObject([
    { id: event.id, job_id: id, type: 'job.completed', attempt: 1, outcome: 'delivered', status: 204 },
  ]);
  const ofJob = await (await stage.gateway.call(`/v1/jobs/${id}/deliveries`)).json();
  expect(ofJob.deliveries).toHaveLength(1);
  const counted = 'docusnap_webhook_deliveries_total{outcome="delivered"}';
  let measured = await stage.gateway.metrics.registry.metrics();
  while (!measured.includes(counted)) {
    await new Promise(setImmediate);
    measured = await stage.gateway.metrics.registry.metrics();
  }
  expect(measured).toContain('docusnap_webhook_lag_seconds_count');
});

test('a job tells the address it names, with its own secret, and neither lies in the clear in any row', async () => {
  stage.deliver();
  const secret = `whsec_${Buffer.from('0123456789abcdefghijklmn').toString('base64')}`;
  const url = 'https://hooks.example/private-path-unspoken';
  const id = await stage.endedJob({ webhook: JSON.stringify({ url, secret }) });
  await until(() => stage.received.length === 1);
  expect(stage.received[0]?.path).toBe('/private-path-unspoken');
  expect(verified(secret, stage.received[0]!).data).toMatchObject({ id });
  const { rows } = await stage.gateway.worker.pool.query(
    'SELECT to_jsonb(j)::text AS job, (SELECT jsonb_agg(to_jsonb(e))::text FROM webhook_events e) AS events FROM jobs j WHERE id = $1',
    [id],
  );
  const stored = JSON.stringify(rows);
  for (const clear of ['unspoken', secret.slice(6), 'ghijklmn', Buffer.from(secret).toString('base64').slice(0, 20)]) {
    expect(stored).not.toContain(clear);
  }
  expect(stage.gateway.logged.join('')).not.toContain('unspoken');
});

test('a job names one of the endpoints that are told of nothing else', async () => {
  const { id: webhook, secret } = await stage.addWebhook({ only_named: true });
  stage.deliver();
  await stage.endedJob();
  const id = await stage.endedJob({ webhook: JSON.stringify({ id: webhook }) });
  await until(() => stage.received.length === 1);
  expect(verified(secret, stage.received[0]!).data).toMatchObject({ id });
});

test('an endpoint of one key is told of the jobs of that key only', async () => {
  const key = await stage.gateway.addKey({ scopes: ['write', 'admin'] });
  const { keys } = await (await stage.gateway.call('/v1/keys')).json();
  const mine = keys.find(({ prefix }: { prefix: string }) => key.startsWith(prefix));
  await stage.addWebhook({ key_id: mine.id });
  stage.deliver();
  await stage.endedJob();
  const id = await stage.endedJob({}, key);
  await until(() => stage.received.length === 1);
  expect(stage.received[0]?.event.data).toMatchObject({ id });
});

test('the ends of one job arrive in order, though the first was refused at first', async () => {
  await stage.addWebhook();
  stage.reply({ status: 500 });
  stage.deliver();
  const id = await stage.submit();
  await stage.worker.open(1);
  await stage.worker.failRead(failure('page_timeout'));
  await until(() => stage.received.length === 1);
  expect((await post(stage.gateway, `/v1/jobs/${id}/retry`)).ok).toBe(true);
  await stage.worker.read('text');
  stage.reply({ status: 200 });
  await until(() => stage.gateway.logged.some((line) => line.includes(stage.received[0]!.event.id)));
  expect(stage.received).toHaveLength(1);
  await stage.dueNow();
  await until(() => stage.received.length === 3);
  expect(stage.received.map(({ event }) => event.type)).toEqual(['job.failed', 'job.failed', 'job.completed']);
  expect(stage.received[1]?.event).toEqual(stage.received[0]?.event);
});

test('while a secret is rotated both sign, and afterwards only the new one', async () => {
  const { id: webhook, secret: old } = await stage.addWebhook();
  const answer = await post(stage.gateway, `/v1/webhooks/${webhook}/rotate`, { keep_old_seconds: 60 });
  expect(answer.headers.get('cache-control')).toBe('no-store');
  const { secret } = await answer.json();
  expect(secret).not.toBe(old);
  stage.deliver();
  await stage.endedJob();
  await until(() => stage.received.length === 1);
  expect(String(stage.received[0]?.headers['webhook-signature']).split(' ')).toHaveLength(2);
  for (const one of [old, secret]) expect(verified(one, stage.received[0]!).type).toBe('job.completed');
  await stage.gateway.worker.pool.query('SELECT 1');
  const last = await (await post(stage.gateway, `/v1/webhooks/${webhook}/rotate`, { keep_old_seconds: 0 })).json();
  await stage.endedJob();
  await until(() => stage.received.length === 2);
  expect(verified(last.secret, stage.received[1]!).type).toBe('job.completed');
  for (const one of [old, secret]) expect(() => verified(one, stage.received[1]!)).toThrow();
});

test('jobs that are cancelled and jobs whose deadline passes end with events of their own', async () => {
  await stage.addWebhook();
  stage.deliver();
  const cancelled = await stage.submit();
  expect((await post(stage.gateway, `/v1/jobs/${cancelled}/cancel`)).status).toBe(200);
  const late = await stage.submit({ deadline: new Date(Date.now() + 3_600_000).toISOString() });
  const owner = openDatabase(stage.gateway.urls.ownerUrl, { poolSize: 1 });
  await owner.pool.query("UPDATE jobs SET deadline = now() - interval '1 s' WHERE id = $1", [late]);
  await closeDatabase(owner);
  await stage.gateway.worker.pool.query('SELECT end_late_jobs(10)');
  await until(() => stage.received.length === 2);
  expect(new Set(stage.received.map(({ event }) => [event.type, event.data.id].join(' ')))).toEqual(
    new Set([`job.cancelled ${cancelled}`, `job.expired ${late}`]),
  );
});

test('of an erased job nothing is told any more', async () => {
  await stage.addWebhook();
  const id = await stage.endedJob();
  expect((await stage.gateway.call(`/v1/jobs/${id}`, { method: 'DELETE' })).ok).toBe(true);
  const told = await stage.endedJob();
  stage.deliver();
  await until(() => stage.received.length === 1);
  expect(stage.received[0]?.event.data).toMatchObject({ id: told });
});

test('what waits is measured', async () => {
  const metrics = openMetrics();
  openWebhookMetrics(metrics, { waiting: async () => ({ waiting: 3, oldestSeconds: 1.5 }) });
  const text = await metrics.registry.metrics();
  expect(text).toContain('docusnap_webhook_events_waiting 3');
  expect(text).toContain('docusnap_webhook_oldest_waiting_seconds 1.5');
});
