import { randomBytes, randomUUID, randomUUIDv7 } from 'node:crypto';
import { WEBHOOK_EVENTS, WEBHOOK_PING, type WebhookEvent } from '@docusnap/contracts';
import { expect, test } from '@jest/globals';
import { createJob, eraseJob } from './jobs.ts';
import { retryJob } from './retry.ts';
import { failPage } from './save.ts';
import {
  addTenant,
  asOwner,
  claim,
  inScene,
  newJob,
  onEachPostgres,
  readAll,
  type Scene,
  submit,
  submitOpened,
} from './test-jobs.ts';
import {
  changeWebhook,
  createWebhook,
  deleteWebhook,
  listWebhooks,
  type NewWebhook,
  pingWebhook,
  readWebhook,
  rotateWebhookSecret,
} from './webhooks.ts';
import { listDeliveries, redeliver } from './webhooks-log.ts';
import {
  type AttemptEnd,
  claimEvents,
  finishEvent,
  releaseEvent,
  sweepEvents,
  waitingEvents,
} from './webhooks-outbox.ts';

const LIMITS = { most: 10, mostOfTenant: 10, mostOfLane: 10 };
const PING = { type: WEBHOOK_PING, windowSeconds: 60 };
const DELIVERED: AttemptEnd = {
  outcome: 'delivered',
  status: 200,
  error: null,
  milliseconds: 3,
  nextAt: null,
  holdUntil: null,
  disable: null,
};
const again = (nextAt: Date): AttemptEnd => ({ ...DELIVERED, outcome: 'again', status: 500, nextAt });
const GIVEN_UP: AttemptEnd = { ...DELIVERED, outcome: 'given_up', status: 500, disable: 'failing' };

const secret = () => ({ id: randomUUID(), key: { masterKeyId: 'k1', wrapped: randomBytes(81) } });

async function addWebhook(scene: Scene, about: Partial<NewWebhook> & { tenantId?: string } = {}): Promise<string> {
  const { tenantId = scene.tenantId, ...rest } = about;
  const webhook = {
    id: randomUUIDv7(),
    url: 'https://hooks.example/',
    name: 'n',
    events: WEBHOOK_EVENTS,
    keyId: null,
    onlyNamed: false,
    ...rest,
  };
  return (await createWebhook(scene.api, tenantId, { webhook, secret: secret() })).id;
}

/** Submits a job with these terms and reads it to its end. */
async function endedJob(scene: Scene, terms: object = {}, tenantId = scene.tenantId): Promise<string> {
  const { id } = await createJob(scene.api, { ...newJob(tenantId), terms });
  await readAll(scene);
  return id;
}

const claimAll = (scene: Scene, limits: Partial<typeof LIMITS> = {}) =>
  claimEvents(scene.worker, { holder: 'a test', ...LIMITS, ...limits });

const events = (scene: Scene) =>
  asOwner<{ type: WebhookEvent; webhook_id: string | null; job_id: string; status: string }>(
    scene.database,
    'SELECT type, webhook_id, job_id, status FROM webhook_events ORDER BY seq',
  );

onEachPostgres('webhooks', (version) => {
  test('the end of a job is an event for each endpoint that is told of it, in the same transaction', () =>
    inScene(version, async (scene) => {
      const key = randomUUID();
      const all = await addWebhook(scene);
      await addWebhook(scene, { events: ['job.failed'] });
      const ofKey = await addWebhook(scene, { keyId: key });
      const named = await addWebhook(scene, { onlyNamed: true });
      await addWebhook(scene, { tenantId: await addTenant(scene.database) });
      const off = await addWebhook(scene);
      await changeWebhook(scene.api, scene.tenantId, off, { enabled: false });
      const plain = await endedJob(scene);
      const withKey = await endedJob(scene, { keyId: key });
      const naming = await endedJob(scene, { webhook: { endpoint: named } });
      const told = (job: string) =>
        events(scene).then((rows) => rows.filter((row) => row.job_id === job).map((row) => row.webhook_id));
      expect(await told(plain)).toEqual([all]);
      expect(new Set(await told(withKey))).toEqual(new Set([all, ofKey]));
      expect(new Set(await told(naming))).toEqual(new Set([all, named]));
      expect((await events(scene)).every(({ type }) => type === 'job.completed')).toBe(true);
    }));

  test('a job of a tenant without endpoints leaves nothing, and one that names an address of its own an event for that', () =>
    inScene(version, async (scene) => {
      await endedJob(scene);
      expect(await events(scene)).toEqual([]);
      const webhook = { host: 'hooks.example', sealed: 'c2VhbGVk' };
      const id = await endedJob(scene, { webhook });
      expect(await events(scene)).toEqual([{ type: 'job.completed', webhook_id: null, job_id: id, status: 'pending' }]);
      const [event] = await claimAll(scene);
      expect(event).toMatchObject({
        target: { jobId: id, sealed: 'c2VhbGVk', key: { masterKeyId: 'k1' } },
        attempt: 1,
        tries: 1,
      });
      expect(event?.job).toMatchObject({ id, status: 'completed', pagesDone: 1 });
      const [row] = await asOwner<{ job: object }>(scene.database, 'SELECT job FROM webhook_events');
      expect(Object.keys(row!.job)).not.toContain('webhook');
    }));

  test('ends of one job are given out one after another, those of others meanwhile', () =>
    inScene(version, async (scene) => {
      const webhook = await addWebhook(scene);
      const id = await submitOpened(scene, 1);
      await failPage(scene.worker, await claim(scene), { code: 'page_timeout', message: 'm', retryable: false });
      await retryJob(scene.api, scene.tenantId, id);
      await readAll(scene);
      const other = await endedJob(scene);
      const first = await claimAll(scene);
      expect(first.map(({ type, job }) => [job?.id, type])).toEqual([
        [id, 'job.failed'],
        [other, 'job.completed'],
      ]);
      expect(await claimAll(scene)).toEqual([]);
      await finishEvent(scene.worker, first[1]!, DELIVERED);
      // In backoff it holds the later end back, too.
      await finishEvent(scene.worker, first[0]!, again(new Date(Date.now() + 60_000)));
      expect(await claimAll(scene)).toEqual([]);
      expect((await readWebhook(scene.api, scene.tenantId, webhook)).failingSince).not.toBeNull();
      await asOwner(scene.database, 'UPDATE webhook_events SET not_before = now()');
      const [repeated, ...rest] = await claimAll(scene);
      expect([repeated?.id, repeated?.attempt, rest]).toEqual([first[0]?.id, 2, []]);
      await finishEvent(scene.worker, repeated!, DELIVERED);
      expect((await claimAll(scene)).map(({ type, job }) => [job?.id, type])).toEqual([[id, 'job.completed']]);
    }));

  test('an endpoint, a failing one and a tenant have no more in hand than they may, and other tenants come first', () =>
    inScene(version, async (scene) => {
      const webhook = await addWebhook(scene);
      for (let n = 0; n < 8; n += 1) await pingWebhook(scene.api, scene.tenantId, webhook, PING);
      expect(await claimAll(scene, { mostOfLane: 3 })).toHaveLength(3);
      expect(await claimAll(scene, { mostOfLane: 3 })).toHaveLength(0);
      const second = await addWebhook(scene);
      for (let n = 0; n < 8; n += 1) await pingWebhook(scene.api, scene.tenantId, second, PING);
      expect(await claimAll(scene, { mostOfLane: 3, mostOfTenant: 5 })).toHaveLength(2);
      const stranger = await addTenant(scene.database);
      const theirs = await addWebhook(scene, { tenantId: stranger });
      for (let n = 0; n < 3; n += 1) await pingWebhook(scene.api, stranger, theirs, PING);
      const next = await claimAll(scene, { most: 4 });
      expect(next.map(({ tenantId }) => tenantId)).toEqual([stranger, stranger, stranger, scene.tenantId]);
      const failing = await addWebhook(scene);
      await asOwner(scene.database, 'UPDATE webhooks SET failing_since = now() WHERE id = $1', [failing]);
      for (let n = 0; n < 3; n += 1) await pingWebhook(scene.api, scene.tenantId, failing, PING);
      expect(
        (await claimAll(scene, { most: 50, mostOfTenant: 50, mostOfLane: 50 })).filter(
          (event) => event.webhookId === failing,
        ),
      ).toHaveLength(1);
    }));

  test('two who claim at a time never get the same event, and what is lost with its holder is given out again', () =>
    inScene(version, async (scene) => {
      const webhook = await addWebhook(scene);
      for (let n = 0; n < 20; n += 1) await pingWebhook(scene.api, scene.tenantId, webhook, PING);
      const limits = { most: 5, mostOfTenant: 50, mostOfLane: 50 };
      const claimed = (await Promise.all(Array.from({ length: 6 }, () => claimAll(scene, limits)))).flat();
      expect(new Set(claimed.map(({ id }) => id)).size).toBe(claimed.length);
      await asOwner(
        scene.database,
        "UPDATE webhook_events SET leased_until = now() - interval '1 s' WHERE leased_until IS NOT NULL",
      );
      expect(await sweepEvents(scene.worker)).toEqual({ released: claimed.length, given_up: 0, forgotten: 0 });
      const [lost] = claimed;
      await expect(finishEvent(scene.worker, lost!, DELIVERED)).rejects.toMatchObject({ code: 'lease_lost' });
      await expect(releaseEvent(scene.worker, lost!)).rejects.toMatchObject({ code: 'lease_lost' });
      const [next] = await claimAll(scene, { most: 1, mostOfLane: 50 });
      await releaseEvent(scene.worker, next!);
      const [same] = await asOwner<{ attempt: number }>(
        scene.database,
        'SELECT attempt FROM webhook_events WHERE id = $1',
        [next!.id],
      );
      expect(same?.attempt).toBe(next!.attempt - 1);
    }));

  test('an endpoint to which nothing could be delivered for a day is disabled, its events given up, until it is enabled', () =>
    inScene(version, async (scene) => {
      const webhook = await addWebhook(scene);
      await endedJob(scene);
      await endedJob(scene);
      const [event] = await claimAll(scene, { most: 1 });
      await asOwner(
        scene.database,
        "UPDATE webhook_events SET not_before = now() + interval '1 hour' WHERE leased_until IS NULL",
      );
      // Something was delivered half a day ago.
      await asOwner(scene.database, "UPDATE webhooks SET failing_since = now() - interval '12 hours'");
      await asOwner(scene.database, 'UPDATE webhook_events SET expires_at = now() WHERE id = $1', [event!.id]);
      expect(await finishEvent(scene.worker, event!, GIVEN_UP)).toBe(false);
      await redeliver(scene.api, scene.tenantId, event!.id, { windowSeconds: 0 });
      await asOwner(scene.database, "UPDATE webhooks SET failing_since = now() - interval '24 hours'");
      const [repeated] = await claimAll(scene, { most: 1 });
      expect(repeated?.id).toBe(event?.id);
      expect(await finishEvent(scene.worker, repeated!, GIVEN_UP)).toBe(true);
      expect(await readWebhook(scene.api, scene.tenantId, webhook)).toMatchObject({
        disabledReason: 'failing',
        disabledAt: expect.any(Date),
      });
      expect(await claimAll(scene)).toEqual([]);
      expect(await sweepEvents(scene.worker)).toMatchObject({ given_up: 1 });
      await endedJob(scene);
      expect((await events(scene)).map(({ status }) => status)).toEqual(['given_up', 'given_up']);
      await expect(redeliver(scene.api, scene.tenantId, event!.id, { windowSeconds: 60 })).rejects.toMatchObject({
        code: 'webhook_disabled',
      });
      await expect(pingWebhook(scene.api, scene.tenantId, webhook, PING)).rejects.toMatchObject({
        code: 'webhook_disabled',
      });
      const enabled = await changeWebhook(scene.api, scene.tenantId, webhook, { enabled: true });
      expect(enabled).toMatchObject({ disabledAt: null, disabledReason: null, failingSince: null });
      await redeliver(scene.api, scene.tenantId, event!.id, { windowSeconds: 60 });
      expect((await claimAll(scene)).map(({ id }) => id)).toEqual([event!.id]);
    }));

  test('an endpoint that asks for patience is sent nothing until then', () =>
    inScene(version, async (scene) => {
      const webhook = await addWebhook(scene);
      await pingWebhook(scene.api, scene.tenantId, webhook, PING);
      const [event] = await claimAll(scene);
      const soon = new Date(Date.now() + 60_000);
      await finishEvent(scene.worker, event!, { ...again(soon), status: 429, holdUntil: soon });
      await pingWebhook(scene.api, scene.tenantId, webhook, PING);
      expect(await claimAll(scene)).toEqual([]);
      await asOwner(scene.database, 'UPDATE webhooks SET not_before = now()');
      expect(await claimAll(scene)).toHaveLength(1);
    }));

  test('events go with their job, their endpoint and their time; the log stays', () =>
    inScene(version, async (scene) => {
      const webhook = await addWebhook(scene);
      const id = await endedJob(scene);
      const [event] = await claimAll(scene);
      await finishEvent(scene.worker, event!, again(new Date()));
      await eraseJob(scene.api, scene.tenantId, id);
      expect(await events(scene)).toEqual([]);
      const { deliveries } = await listDeliveries(scene.api, scene.tenantId, { of: 'webhook', id: webhook, limit: 10 });
      expect(deliveries).toMatchObject([{ id: event!.id, jobId: id, outcome: 'again', attempt: 1, status: 500 }]);
      await expect(redeliver(scene.api, scene.tenantId, event!.id, { windowSeconds: 60 })).rejects.toMatchObject({
        code: 'delivery_not_found',
      });
      await endedJob(scene);
      await asOwner(scene.database, "UPDATE webhook_events SET status = 'delivered', at = now() - interval '31 days'");
      expect(await sweepEvents(scene.worker)).toMatchObject({ forgotten: 1 });
      await endedJob(scene);
      await deleteWebhook(scene.api, scene.tenantId, webhook);
      expect(await events(scene)).toEqual([]);
    }));

  test('the log is read page by page, newest first', () =>
    inScene(version, async (scene) => {
      const webhook = await addWebhook(scene);
      for (let n = 0; n < 5; n += 1) {
        await pingWebhook(scene.api, scene.tenantId, webhook, PING);
        for (const event of await claimAll(scene)) await finishEvent(scene.worker, event, DELIVERED);
      }
      const filter = { of: 'webhook' as const, id: webhook, limit: 2 };
      const seen: string[] = [];
      for (let after: Parameters<typeof listDeliveries>[2]['after']; ; ) {
        const { deliveries, next } = await listDeliveries(scene.api, scene.tenantId, { ...filter, after });
        seen.push(...deliveries.map(({ id }) => id));
        if (!next) break;
        after = next;
      }
      const rows = await asOwner<{ id: string }>(scene.database, 'SELECT id FROM webhook_events ORDER BY seq DESC');
      expect(seen).toEqual(rows.map(({ id }) => id));
      expect(await waitingEvents(scene.worker)).toEqual({ waiting: 0, oldestSeconds: 0 });
    }));

  test('a secret that is rotated signs for as long as it was told, and then is gone', () =>
    inScene(version, async (scene) => {
      const webhook = await addWebhook(scene);
      const next = secret();
      await rotateWebhookSecret(scene.api, scene.tenantId, webhook, { secret: next, keepOldSeconds: 60 });
      await pingWebhook(scene.api, scene.tenantId, webhook, PING);
      const [event] = await claimAll(scene);
      const secrets = 'secrets' in event!.target ? event!.target.secrets : [];
      expect(secrets).toHaveLength(2);
      expect(secrets[0]).toEqual(next);
      await rotateWebhookSecret(scene.api, scene.tenantId, webhook, { secret: secret(), keepOldSeconds: 0 });
      const [{ count } = { count: 0 }] = await asOwner<{ count: number }>(
        scene.database,
        'SELECT count(*)::integer AS count FROM webhook_secrets',
      );
      expect(count).toBe(1);
    }));

  test('nothing of another tenant is seen, changed or sent', () =>
    inScene(version, async (scene) => {
      const webhook = await addWebhook(scene);
      const id = await endedJob(scene);
      const [event] = await claimAll(scene);
      await finishEvent(scene.worker, event!, DELIVERED);
      const stranger = await addTenant(scene.database);
      expect(await listWebhooks(scene.api, stranger)).toEqual([]);
      const missing = { code: 'webhook_not_found' };
      await expect(readWebhook(scene.api, stranger, webhook)).rejects.toMatchObject(missing);
      await expect(changeWebhook(scene.api, stranger, webhook, { enabled: false })).rejects.toMatchObject(missing);
      await expect(deleteWebhook(scene.api, stranger, webhook)).rejects.toMatchObject(missing);
      await expect(
        rotateWebhookSecret(scene.api, stranger, webhook, { secret: secret(), keepOldSeconds: 0 }),
      ).rejects.toMatchObject(missing);
      await expect(pingWebhook(scene.api, stranger, webhook, PING)).rejects.toMatchObject(missing);
      await expect(listDeliveries(scene.api, stranger, { of: 'webhook', id: webhook, limit: 1 })).rejects.toMatchObject(
        missing,
      );
      await expect(listDeliveries(scene.api, stranger, { of: 'job', id, limit: 1 })).rejects.toMatchObject({
        code: 'job_not_found',
      });
      await expect(redeliver(scene.api, stranger, event!.id, { windowSeconds: 1 })).rejects.toMatchObject({
        code: 'delivery_not_found',
      });
      // Nor where a statement forgets to name the tenant.
      for (const table of ['webhooks', 'webhook_secrets', 'webhook_attempts', '(SELECT id FROM webhook_events)']) {
        const client = await scene.api.pool.connect();
        try {
          await client.query('BEGIN');
          await client.query("SELECT set_config('docusnap.tenant', $1, true)", [stranger]);
          const { rows } = await client.query(`SELECT count(*)::integer AS count FROM ${table} rows`);
          expect([table, rows[0].count]).toEqual([table, 0]);
        } finally {
          await client.query('ROLLBACK');
          client.release();
        }
      }
      expect(await submit(scene)).toEqual(expect.any(String));
    }));

  test('a tenant has 50 endpoints at most, also where they are added at the same time', () =>
    inScene(version, async (scene) => {
      await Promise.all(Array.from({ length: 48 }, () => addWebhook(scene)));
      const more = await Promise.allSettled(Array.from({ length: 6 }, () => addWebhook(scene)));
      expect(more.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
      await expect(addWebhook(scene)).rejects.toMatchObject({ code: 'too_many_webhooks' });
    }));
});
