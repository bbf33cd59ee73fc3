import type { DeliveryBody } from '@docusnap/contracts';
import { claimEvents, closeDatabase, openDatabase } from '@docusnap/db';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { until } from '../fetch/test-host.ts';
import { deliverEvent } from './deliver.ts';
import { openStage, post, type Stage, verified } from './test-receiver.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterEach(() => stage.clear());
afterAll(() => stage.close());

test('a gateway that dies after it delivered and before it noted so has another deliver the same event again', async () => {
  const { secret } = await stage.addWebhook();
  await stage.endedJob();
  const dying = openDatabase(stage.gateway.urls.workerUrl);
  const [event] = await claimEvents(dying, { holder: 'dying', most: 1, mostOfTenant: 1, mostOfLane: 1 });
  let died: Promise<void> | undefined;
  stage.reply(() => {
    died ??= closeDatabase(dying);
    return { status: 200 };
  });
  const { ports } = stage.gateway;
  const noted = { ...ports, db: dying, reach: stage.host.reach, now: () => new Date(), random: () => 0 };
  await deliverEvent({ ...noted, metrics: { ended: () => undefined } }, event!, new AbortController().signal);
  expect(await stage.row(event!.id)).toMatchObject({ status: 'pending', holder: 'dying', attempt: 1 });
  const live = stage.deliver();
  await new Promise((resolve) => setTimeout(resolve, 150));
  expect(stage.received).toHaveLength(1);
  await stage.gateway.worker.pool.query("UPDATE webhook_events SET leased_until = now() - interval '1 s'");
  live.ring();
  await until(() => stage.received.length === 2);
  for (const message of stage.received) expect(verified(secret, message).id).toBe(event!.id);
  await died;
});

test('what a receiver refuses is tried again as the schedule says, at the earliest when it asks to', async () => {
  const { id: webhook } = await stage.addWebhook();
  stage.deliver();
  stage.reply({ status: 500 });
  await stage.endedJob();
  await until(() => stage.received.length === 1);
  const attempted = async (count: number) => (await stage.log(webhook, count))[0]!;
  // The attempt is noted a moment after its schedule was made.
  const expectWait = ({ at, next_attempt_at: next }: DeliveryBody, seconds: number): void => {
    const waits = (Date.parse(next ?? '') - Date.parse(at)) / 1_000;
    expect(waits).toBeGreaterThan(seconds / 4);
    expect(waits).toBeLessThanOrEqual(seconds);
  };
  const first = await attempted(1);
  expect(first).toMatchObject({ attempt: 1, outcome: 'again', status: 500, error: null });
  expectWait(first, 5);
  stage.reply({ status: 302, headers: { location: 'https://others.example/' } });
  await stage.dueNow();
  const second = await attempted(2);
  expect(second).toMatchObject({ attempt: 2, outcome: 'again', status: 302 });
  expectWait(second, 15);
  stage.reply({ status: 429, headers: { 'retry-after': '600' } });
  await stage.dueNow();
  const third = await attempted(3);
  expectWait(third, 600);
  // The whole endpoint is left alone meanwhile.
  await stage.dueNow();
  await post(stage.gateway, `/v1/webhooks/${webhook}/test`);
  await new Promise((resolve) => setTimeout(resolve, 150));
  expect(stage.received).toHaveLength(3);
  expect((await stage.show(webhook)).failing_since).toBe(first.at);
});

test('a receiver that hangs, one whose certificate is for another name and one that is not there are told apart in the log', async () => {
  const { id: webhook } = await stage.addWebhook();
  stage.deliver();
  stage.reply('hang');
  await stage.endedJob();
  const reasons = async (count: number): Promise<string[]> =>
    (await stage.log(webhook, count)).map(({ error }) => error ?? '');
  await reasons(1);
  stage.host.names['unproven.example'] = ['93.184.216.34'];
  for (const [index, url] of [
    'https://unproven.example/',
    'https://no-such.example/',
    'https://inner.example/',
  ].entries()) {
    stage.host.names['inner.example'] = ['93.184.216.34', '169.254.169.254'];
    await stage.change(webhook, { url });
    await stage.dueNow();
    await reasons(index + 2);
  }
  expect(await reasons(4)).toEqual([
    'address refused',
    'address refused',
    'unreachable: ERR_TLS_CERT_ALTNAME_INVALID',
    'timeout',
  ]);
});

test('a name that leads to an inner address once it was checked is not followed there', async () => {
  const { id: webhook } = await stage.addWebhook();
  stage.host.names['hooks.example'] = ['127.0.0.1'];
  stage.deliver();
  await stage.endedJob();
  await until(() => stage.host.seen.resolved.length > 0);
  await stage.log(webhook, 1);
  expect(stage.host.seen.dialled).toEqual([]);
  expect(stage.received).toEqual([]);
  stage.host.names['hooks.example'] = ['93.184.216.34'];
});

test('410 disables the endpoint at once; enabled again it is sent what comes, and by call what was given up', async () => {
  const { id: webhook, secret } = await stage.addWebhook();
  stage.deliver();
  stage.reply({ status: 410 });
  await stage.endedJob();
  await until(() => stage.received.length === 1);
  expect(await stage.disabled(webhook)).toMatchObject({ enabled: false, disabled_reason: 'gone' });
  const lost = stage.received[0]!.event.id;
  expect(await (await post(stage.gateway, `/v1/webhooks/deliveries/${lost}/redeliver`)).json()).toMatchObject({
    code: 'webhook_disabled',
    status: 409,
  });
  expect(await (await post(stage.gateway, `/v1/webhooks/${webhook}/test`)).json()).toMatchObject({
    code: 'webhook_disabled',
  });
  await stage.endedJob();
  stage.reply({ status: 200 });
  await stage.change(webhook, { enabled: true });
  const again = await post(stage.gateway, `/v1/webhooks/deliveries/${lost}/redeliver`);
  expect([again.status, await again.json()]).toEqual([202, { id: lost }]);
  await until(() => stage.received.length === 2);
  expect(verified(secret, stage.received[1]!).id).toBe(lost);
  expect(await (await post(stage.gateway, `/v1/webhooks/${webhook}/test`)).json()).toHaveProperty('id');
  await until(() => stage.received.length === 3);
  expect(stage.received[2]?.event).toMatchObject({ type: 'webhook.ping', data: { webhook_id: webhook } });
});

test('an event that nobody took for 24 hours is given up, and the endpoint disabled', async () => {
  const { id: webhook } = await stage.addWebhook();
  stage.reply({ status: 500 });
  stage.deliver();
  await stage.endedJob();
  await until(() => stage.received.length === 1);
  await stage.log(webhook, 1);
  // A day passes.
  await stage.gateway.worker.pool.query("UPDATE webhooks SET failing_since = failing_since - interval '24 hours'");
  await stage.gateway.worker.pool.query(
    "UPDATE webhook_events SET not_before = now(), at = at - interval '24 hours', expires_at = expires_at - interval '24 hours'",
  );
  expect(await stage.disabled(webhook)).toMatchObject({
    disabled_reason: 'failing',
    failing_since: expect.any(String),
  });
  expect((await stage.log(webhook, 2))[0]).toMatchObject({ attempt: 2, outcome: 'given_up', next_attempt_at: null });
});

test('a receiver that hangs holds up neither other endpoints nor other tenants', async () => {
  await stage.addWebhook({ url: 'https://hooks.example/slow' });
  const other = await stage.gateway.addTenant();
  const theirs = await stage.gateway.addKey({ scopes: ['write', 'admin'], tenantId: other });
  await stage.addWebhook({ url: 'https://others.example/quick' }, theirs);
  await stage.addWebhook({ url: 'https://hooks.example/quick' });
  stage.reply(({ path }) => (path === '/slow' ? 'hang' : { status: 200 }));
  for (let n = 0; n < 12; n += 1) await stage.endedJob();
  stage.deliver({ concurrency: 8, attemptMs: 60_000 });
  await until(() => stage.received.some(({ path }) => path === '/slow'));
  await stage.endedJob({}, theirs);
  await until(() => stage.received.filter(({ path }) => path === '/quick').length === 13);
  expect(stage.received.filter(({ path }) => path === '/slow').length).toBeLessThanOrEqual(4);
});

test('a process that stops hands back what hangs, as if it had not been tried', async () => {
  await stage.addWebhook();
  stage.reply('hang');
  const deliverer = stage.deliver({ graceMs: 50 });
  await stage.endedJob();
  await until(() => stage.received.length === 1);
  await deliverer.stop();
  expect(await stage.row(stage.received[0]!.event.id)).toMatchObject({
    status: 'pending',
    attempt: 0,
    leased_until: null,
  });
});
