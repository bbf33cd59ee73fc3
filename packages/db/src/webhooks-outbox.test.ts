import { expect, test } from '@jest/globals';
import { retryJob } from './retry.ts';
import { failPage } from './save.ts';
import { addTenant, asOwner, claim, inScene, onEachPostgres, readAll, submitOpened } from './test-jobs.ts';
import { addWebhook, again, claimAll, DELIVERED, endedJob, events, GIVEN_UP, PING } from './test-webhooks.ts';
import { changeWebhook, pingWebhook, readWebhook } from './webhooks.ts';
import { redeliver } from './webhooks-log.ts';
import { finishEvent, releaseEvent, sweepEvents } from './webhooks-outbox.ts';

onEachPostgres('the outbox of webhooks', (version) => {
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

  test('what is to be sent again while it is being sent is sent again, however that attempt ends', () =>
    inScene(version, async (scene) => {
      await addWebhook(scene);
      await endedJob(scene);
      const ends = [DELIVERED, GIVEN_UP, again(new Date(Date.now() + 3_600_000)), 'released'] as const;
      for (const end of ends) {
        const [event] = await claimAll(scene);
        await redeliver(scene.api, scene.tenantId, event!.id, { windowSeconds: 3_600 });
        if (end === 'released') await releaseEvent(scene.worker, event!);
        else await finishEvent(scene.worker, event!, end);
      }
      const [last] = await claimAll(scene);
      expect(last).toMatchObject({ tries: 1 });
      await finishEvent(scene.worker, last!, DELIVERED);
      expect((await events(scene)).map(({ status }) => status)).toEqual(['delivered']);
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
});
