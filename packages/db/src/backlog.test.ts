import { expect, test } from '@jest/globals';
import { countBacklog, readBacklog, refuseIfFull, setBacklogLimits } from './backlog.ts';
import { cancelJob, createJob, createJobs, eraseJob, pollJob } from './jobs.ts';
import { reportRate } from './progress.ts';
import { retryJob } from './retry.ts';
import { failPage, saveOpenedFile } from './save.ts';
import { sweep } from './sweep.ts';
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

const LIMITS = { units: 1_000, bytes: 1_000_000, unitsOfTenant: 1_000, bytesOfTenant: 1_000_000 };

const limitTenant = (scene: Scene, limits: object, tenantId = scene.tenantId) =>
  asOwner(scene.database, 'UPDATE tenants SET limits = $2 WHERE id = $1', [tenantId, limits]);

/** What is counted, and the same looked up. */
async function counted(scene: Scene): Promise<{ units: number; bytes: number }> {
  await countBacklog(scene.worker);
  const { units, bytes } = await readBacklog(scene.worker);
  const [there] = await asOwner<{ units: number; bytes: number }>(
    scene.database,
    `SELECT (SELECT count(*) FROM units)::integer AS units,
       (SELECT coalesce(sum(f.bytes), 0) FROM files f JOIN jobs j ON j.id = f.job_id WHERE j.finished_at IS NULL)::integer AS bytes`,
  );
  expect({ units, bytes }).toEqual(there);
  return { units, bytes };
}

onEachPostgres('backlog', (version) => {
  test('is as many units and bytes as there are, whatever happens to jobs', () =>
    inScene(version, async (scene) => {
      const other = await addTenant(scene.database);
      await submit(scene, { files: 3 });
      const erased = await submit(scene, { files: 2, tenantId: other });
      expect(await counted(scene)).toEqual({ units: 5, bytes: 3_003 + 2_001 });
      const pictures = await submit(scene, { files: 2, tenantId: other, pictures: true });
      expect(await counted(scene)).toEqual({ units: 7, bytes: 3_003 + 2 * 2_001 });
      await eraseJob(scene.api, other, pictures);
      const long = await submitOpened(scene, 7);
      await counted(scene);
      await eraseJob(scene.api, other, erased);
      expect(await counted(scene)).toMatchObject({ bytes: 3_003 + 1_000 });
      for (;;) {
        const unit = await claim(scene);
        if (unit.kind === 'open') {
          await saveOpenedFile(scene.worker, unit, { frames: 2 });
          continue;
        }
        await failPage(scene.worker, unit, { code: 'page_timeout', message: 'm', retryable: false });
        if (unit.jobId === long) break;
        await counted(scene);
      }
      await readAll(scene, 2);
      expect(await counted(scene)).toEqual({ units: 0, bytes: 0 });
      await retryJob(scene.api, scene.tenantId, long);
      expect(await counted(scene)).toMatchObject({ units: 1, bytes: 1_000 });
      await asOwner(scene.database, 'DELETE FROM tenants');
      expect(await counted(scene)).toEqual({ units: 0, bytes: 0 });
      expect(await asOwner(scene.database, 'SELECT * FROM backlog_counts')).toEqual([]);
    }));

  test('what was cancelled takes room again when it is retried', () =>
    inScene(version, async (scene) => {
      const { api, tenantId } = scene;
      await limitTenant(scene, { waiting_units: 2 });
      const cancelled = [await submit(scene, {}), await submit(scene, {})];
      for (const id of cancelled) await cancelJob(api, tenantId, id);
      await submit(scene, {});
      await retryJob(api, tenantId, cancelled[0]!);
      await expect(retryJob(api, tenantId, cancelled[1]!)).rejects.toMatchObject({ code: 'tenant_queue_full' });
      expect(await pollJob(api, tenantId, cancelled[1]!)).toMatchObject({ status: 'cancelled' });
      await counted(scene);
      await eraseJob(api, tenantId, cancelled[0]!);
      await retryJob(api, tenantId, cancelled[1]!);
    }));

  test('of a tenant is limited in units and in bytes, and what is too much leaves no rows', () =>
    inScene(version, async (scene) => {
      await limitTenant(scene, { waiting_units: 4 });
      await submit(scene, { files: 3 });
      await sweep(scene.worker, { countBells: async () => 0 });
      const many = [newJob(scene.tenantId), newJob(scene.tenantId)];
      const refusal = {
        code: 'tenant_queue_full',
        status: 429,
        retryAfter: 30,
        message: expect.stringContaining('5 files and pages of this tenant; the limit is 4'),
      };
      await expect(createJobs(scene.api, many)).rejects.toMatchObject(refusal);
      await createJobs(scene.api, many.slice(1));
      await expect(refuseIfFull(scene.api, { tenantId: scene.tenantId, keyId: null })).rejects.toMatchObject(refusal);
      expect(await counted(scene)).toMatchObject({ units: 4 });

      await submit(scene, { tenantId: await addTenant(scene.database), files: 30 });
      await limitTenant(scene, { bytes_waiting: 5_000 });
      await expect(submit(scene)).rejects.toMatchObject({ code: 'tenant_queue_full' });
      await readAll(scene);
      await submit(scene);
    }));

  test('of one key is limited apart from that of its tenant', () =>
    inScene(version, async (scene) => {
      const [key] = await asOwner<{ id: string }>(
        scene.database,
        `INSERT INTO api_keys (id, tenant_id, prefix, name, scopes, hash, limits)
         VALUES (gen_random_uuid(), $1, 'p', 'n', '{write}', sha256('k'), '{"waiting_units": 1}') RETURNING id`,
        [scene.tenantId],
      );
      const keyId = key!.id;
      const withKey = () => createJob(scene.api, { ...newJob(scene.tenantId), terms: { keyId } });
      await submit(scene);
      await withKey();
      await expect(withKey()).rejects.toMatchObject({
        code: 'tenant_queue_full',
        message: expect.stringContaining('2 files and pages of this API key; the limit is 1'),
      });
      await expect(refuseIfFull(scene.api, { tenantId: scene.tenantId, keyId })).rejects.toMatchObject({
        code: 'tenant_queue_full',
      });
      await submit(scene);
      // Who names a key of another tenant is told nothing of its limits.
      const other = await addTenant(scene.database);
      await scene.api.pool.query('SELECT room_left($1, $2, 5, 1, 0, 0)', [other, keyId]);
    }));

  test('of all is limited by the configuration, and so is that of tenants without limits of their own', () =>
    inScene(version, async (scene) => {
      const other = await addTenant(scene.database);
      await limitTenant(scene, { waiting_units: 500 }, other);
      await setBacklogLimits(scene.worker, { ...LIMITS, units: 6, unitsOfTenant: 3 });
      try {
        await submit(scene, { files: 3 });
        await expect(submit(scene)).rejects.toMatchObject({ code: 'tenant_queue_full' });
        await countBacklog(scene.worker);
        await submit(scene, { files: 3, tenantId: other });
        await expect(submit(scene, { tenantId: other })).rejects.toMatchObject({ code: 'queue_full', status: 503 });
        await setBacklogLimits(scene.worker, { ...LIMITS, bytes: 6_000 });
        await expect(submit(scene, { tenantId: other })).rejects.toMatchObject({
          code: 'queue_full',
          message: expect.stringContaining('bytes of files in all; the limit is 6000'),
        });
      } finally {
        await setBacklogLimits(scene.worker, LIMITS);
      }
    }));

  test('what alone is more than may wait is refused for good', () =>
    inScene(version, async (scene) => {
      await limitTenant(scene, { waiting_units: 4 });
      await expect(submit(scene, { files: 5 })).rejects.toMatchObject({
        code: 'larger_than_queue',
        status: 413,
        retryable: false,
        retryAfter: undefined,
      });
    }));

  test('says when there will be room: what is too much, at the measured rate, in turn with the others who wait', () =>
    inScene(version, async (scene) => {
      await limitTenant(scene, { waiting_units: 10 });
      await submit(scene, { files: 10 });
      const whenFull = async (files: number): Promise<number> => {
        const error: unknown = await submit(scene, { files }).catch((refusal: unknown) => refusal);
        return (error as { retryAfter: number }).retryAfter;
      };
      expect(await whenFull(4)).toBe(30);
      // Two readers of 3 s a page and two of 1.5 s: two pages a second.
      await reportRate(scene.worker, 'slow', { readers: 2, pageMs: 3_000 });
      await reportRate(scene.worker, 'fast', { readers: 2, pageMs: 1_500 });
      expect(await whenFull(4)).toBe(2);
      expect(await whenFull(1)).toBe(1);
      await submit(scene, { tenantId: await addTenant(scene.database) });
      await countBacklog(scene.worker);
      expect(await whenFull(4)).toBe(4);
      await asOwner(scene.database, "UPDATE workers SET seen_at = now() - interval '1 minute'");
      expect(await whenFull(4)).toBe(30);
    }));

  test('is asked in few steps with a million units waiting', () =>
    inScene(version, async (scene) => {
      await asOwner(
        scene.database,
        `INSERT INTO backlog_counts SELECT $1, '00000000-0000-0000-0000-000000000000', 990, 990000`,
        [scene.tenantId],
      );
      const others = `INSERT INTO tenants (id, name) SELECT gen_random_uuid(), 'n' FROM generate_series(1, 2000)`;
      await asOwner(scene.database, others);
      await asOwner(
        scene.database,
        `INSERT INTO backlog_counts SELECT id, '00000000-0000-0000-0000-000000000000', 500, 500 FROM tenants WHERE name = 'n'`,
      );
      await asOwner(
        scene.database,
        `INSERT INTO backlog_changes (tenant_id, key_id, units, bytes) SELECT id, gen_random_uuid(), 1, 1 FROM tenants`,
      );
      await setBacklogLimits(scene.worker, { ...LIMITS, units: 2_000_000, bytes: 2_000_000_000 });
      const times: number[] = [];
      for (let asked = 0; asked < 50; asked += 1) {
        const start = performance.now();
        await refuseIfFull(scene.api, { tenantId: scene.tenantId, keyId: null });
        times.push(performance.now() - start);
      }
      times.sort((a, b) => a - b);
      process.stdout.write(
        `room asked for with 1,000,000 units waiting (PostgreSQL ${version}): median ${times[25]?.toFixed(2)} ms\n`,
      );
      await setBacklogLimits(scene.worker, LIMITS);
      const { rows } = await scene.worker.pool.query<{ units: string }>('SELECT units FROM backlog');
      expect(rows).toHaveLength(1);
      await countBacklog(scene.worker);
      expect((await readBacklog(scene.worker)).units).toBe(990 + 2_000 * 500 + 2_001);
    }));
});
