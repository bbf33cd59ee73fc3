import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import pg from 'pg';
import { eraseJob, pollJob } from './jobs.ts';
import { savePage } from './save.ts';
import {
  addTenant,
  asOwner,
  claim,
  inScene,
  isSomebodyWaiting,
  onEachPostgres,
  READ,
  submit,
  submitOpened,
} from './test-jobs.ts';
import { addWebhook, again, claimAll, DELIVERED, endedJob, events, PING, secret } from './test-webhooks.ts';
import {
  changeWebhook,
  deleteWebhook,
  listWebhooks,
  pingWebhook,
  readWebhook,
  rotateWebhookSecret,
} from './webhooks.ts';
import { listDeliveries, redeliver } from './webhooks-log.ts';
import { finishEvent, sweepEvents, waitingEvents } from './webhooks-outbox.ts';

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

  test('a job that ends while its endpoint is being deleted ends all the same, and tells the others', () =>
    inScene(version, async (scene) => {
      const [going, staying] = [await addWebhook(scene), await addWebhook(scene)];
      const id = await submitOpened(scene, 1);
      const unit = await claim(scene);
      const deleting = new pg.Client({ connectionString: scene.database.ownerUrl });
      await deleting.connect();
      try {
        await deleting.query('BEGIN');
        await deleting.query('DELETE FROM webhooks WHERE id = $1', [going]);
        const saved = savePage(scene.worker, unit, READ);
        while (!(await isSomebodyWaiting(scene))) await new Promise((resolve) => setTimeout(resolve, 5));
        await deleting.query('COMMIT');
        await saved;
      } finally {
        await deleting.end();
      }
      expect((await pollJob(scene.api, scene.tenantId, id)).status).toBe('completed');
      expect((await events(scene)).map(({ webhook_id }) => webhook_id)).toEqual([staying]);
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
