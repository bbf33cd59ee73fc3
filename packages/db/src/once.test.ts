import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { createJobs } from './jobs.ts';
import { abandonOnce, beginOnce, type DoneRequest, finishOnce, type HeldRequest, renewOnce } from './once.ts';
import { sweep } from './sweep.ts';
import { addTenant, asOwner, inScene, newJob, onEachPostgres } from './test-jobs.ts';

const held = (tenantId: string, key = 'k'): HeldRequest => ({ tenantId, key, token: randomUUID() });
const doneBy = (holder: HeldRequest): DoneRequest => ({
  ...holder,
  digest: Buffer.from('what it said'),
  status: 202,
  location: '/somewhere',
  made: { jobs: [randomUUID()], split: false },
});

onEachPostgres('requests that are carried out once', (version) => {
  test('of many that begin with one key at a time, one begins', () =>
    inScene(version, async ({ api, tenantId }) => {
      const all = await Promise.all(Array.from({ length: 8 }, () => beginOnce(api, held(tenantId))));
      expect(all.map(({ state }) => state).toSorted()).toEqual(['begun', ...Array(7).fill('running')]);
    }));

  test('once it is done it is known by what it said, with its answer', () =>
    inScene(version, async ({ api, tenantId }) => {
      const first = held(tenantId);
      await beginOnce(api, first);
      const done = doneBy(first);
      const answer = { sealed: Buffer.from('sealed'), key: { masterKeyId: 'k1', wrapped: Buffer.from('wrapped') } };
      await finishOnce(api, done, answer);
      const { digest, status, location, made } = done;
      expect(await beginOnce(api, held(tenantId))).toEqual({ state: 'done', digest, status, location, made, answer });
      await expect(finishOnce(api, done, null)).rejects.toMatchObject({ code: 'idempotency_key_in_use' });
      await abandonOnce(api, first);
      expect((await beginOnce(api, held(tenantId))).state).toBe('done');
    }));

  test('keys are each tenant’s own', () =>
    inScene(version, async ({ api, database, tenantId }) => {
      const stranger = await addTenant(database);
      await beginOnce(api, held(tenantId));
      expect((await beginOnce(api, held(stranger))).state).toBe('begun');
    }));

  test('whoever was silent for longer than a lease loses it, and what he then makes is undone', () =>
    inScene(version, async ({ api, database, tenantId }) => {
      const [first, second] = [held(tenantId), held(tenantId)];
      await beginOnce(api, first);
      expect(await renewOnce(api, first)).toBe(true);
      expect(await beginOnce(api, second)).toMatchObject({ state: 'running' });
      await asOwner(database, "UPDATE idempotency_keys SET leased_until = now() - interval '1 second'");
      expect((await beginOnce(api, second)).state).toBe('begun');
      expect(await renewOnce(api, first)).toBe(false);
      await expect(createJobs(api, [newJob(tenantId)], { once: doneBy(first) })).rejects.toMatchObject({
        code: 'idempotency_key_in_use',
      });
      expect(await asOwner(database, 'SELECT 1 FROM jobs')).toEqual([]);
      await createJobs(api, [newJob(tenantId)], { once: doneBy(second) });
      expect(await asOwner(database, 'SELECT 1 FROM jobs')).toHaveLength(1);
    }));

  test('a key that was given up is as if it had never been used; one that has expired can be used again, and is swept', () =>
    inScene(version, async (scene) => {
      const { api, database, tenantId } = scene;
      const first = held(tenantId);
      await beginOnce(api, first);
      await abandonOnce(api, first);
      const second = held(tenantId);
      expect((await beginOnce(api, second)).state).toBe('begun');
      await finishOnce(api, doneBy(second), null);
      await asOwner(database, "UPDATE idempotency_keys SET expires_at = now() - interval '1 second'");
      expect((await beginOnce(api, held(tenantId))).state).toBe('begun');
      await beginOnce(api, held(tenantId, 'another'));
      await asOwner(
        database,
        "UPDATE idempotency_keys SET expires_at = now() - interval '1 second' WHERE key = 'another'",
      );
      await sweep(scene.worker, { countBells: async () => 0 });
      expect(await asOwner(database, 'SELECT key FROM idempotency_keys')).toEqual([{ key: 'k' }]);
    }));
});
