import { randomBytes } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { isRefusedForGood } from './errors.ts';
import { ensureBootstrapTenant } from './keys.ts';
import { asOwner, inScene, newJob, onEachPostgres, type Scene } from './test-jobs.ts';
import { claimUnderstanding, saveUnderstanding } from './understandings.ts';
import {
  clearV1Tasks,
  dropOldV1Tasks,
  ensureV1Tenant,
  erasableV1Jobs,
  forgetV1Jobs,
  pollV1Task,
  runningV1Tasks,
  settleV1Task,
  submitV1Task,
  unsettledV1Tasks,
  V1_TENANT_ID,
  type V1TaskKey,
  v1JobsOfClient,
} from './v1-tasks.ts';

const KEEP = { keepSeconds: 86_400 };
const SOURCE = Buffer.alloc(32, 7);

function newKey(type: V1TaskKey['type'] = 'fill', client = randomBytes(32)): V1TaskKey {
  return { client, sha256: randomBytes(32).toString('hex'), type };
}

/** A task to fill a form; gives the id of its job. */
async function submit({ api }: Scene, key: V1TaskKey): Promise<string> {
  const understanding = { task: 'fill', request: Buffer.from('sealed') } as const;
  const job = { ...newJob(V1_TENANT_ID), files: [], understanding };
  expect(await submitV1Task(api, { ...key, job, source: SOURCE, failedWith: null })).toBe(true);
  return job.id;
}

async function understand({ worker }: Scene): Promise<void> {
  const unit = await claimUnderstanding(worker, { holder: 'test' });
  const usage = { prompt_tokens: 0, completion_tokens: 0 };
  await saveUnderstanding(worker, unit!, { sealed: Buffer.from('for the client'), usage });
}

onEachPostgres('v1 tasks', (version) => {
  test('a task goes from its submit to its result, which stays when the job is erased', () =>
    inScene(version, async (scene) => {
      const { api, worker } = scene;
      await ensureV1Tenant(worker);
      await ensureV1Tenant(worker);
      const key = newKey();
      expect(await pollV1Task(api, key, KEEP)).toBeNull();
      const jobId = await submit(scene, key);
      expect(await pollV1Task(api, key, KEEP)).toMatchObject({ status: 'processing', jobId, outcome: null });
      await understand(scene);
      expect(await pollV1Task(api, key, KEEP)).toMatchObject({ status: 'processing', outcome: 'completed' });
      expect(await unsettledV1Tasks(api, { oldestSeconds: 600, most: 10 })).toMatchObject([
        { jobId, type: 'fill', outcome: 'completed' },
      ]);
      const settled = { status: 'completed', result: Buffer.from('for the client'), errorDetail: null };
      expect(await settleV1Task(api, jobId, null)).toEqual(settled);
      // A second one who is late changes nothing.
      expect(await settleV1Task(api, jobId, 'PROCESSING_TIMEOUT')).toEqual(settled);
      expect(await erasableV1Jobs(api, { most: 10 })).toEqual([jobId]);
      await forgetV1Jobs(api, [jobId]);
      expect(await asOwner(scene.database, 'SELECT 1 FROM jobs')).toEqual([]);
      expect(await pollV1Task(api, key, KEEP)).toMatchObject({ ...settled, jobId: null });
    }));

  test('of the same task submitted several times at once one is made', () =>
    inScene(version, async (scene) => {
      await ensureV1Tenant(scene.worker);
      const key = newKey('doc');
      const jobs = Array.from({ length: 4 }, () => newJob(V1_TENANT_ID));
      const made = await Promise.all(
        jobs.map((job) => submitV1Task(scene.api, { ...key, job, source: SOURCE, failedWith: null })),
      );
      expect(made.filter(Boolean).length).toBe(1);
      expect(await asOwner(scene.database, 'SELECT id FROM jobs')).toEqual([{ id: jobs[made.indexOf(true)]!.id }]);
    }));

  test('tasks are counted by client and by source for as long as their jobs work', () =>
    inScene(version, async (scene) => {
      await ensureV1Tenant(scene.worker);
      const one = newKey();
      const other = newKey();
      await submit(scene, one);
      await submit(scene, newKey('fill', one.client as Buffer<ArrayBuffer>));
      await submit(scene, other);
      const count = (client: Uint8Array, source: Uint8Array) => runningV1Tasks(scene.api, { client, source });
      expect(await count(one.client, SOURCE)).toEqual({ client: 2, source: 3, total: 3 });
      expect(await count(other.client, Buffer.alloc(32))).toEqual({ client: 1, source: 0, total: 3 });
      await understand(scene);
      expect(await count(one.client, SOURCE)).toMatchObject({ source: 2, total: 2 });
    }));

  test('cleared are one task or all of a client, with their jobs, and none of another client', () =>
    inScene(version, async (scene) => {
      const { api } = scene;
      await ensureV1Tenant(scene.worker);
      const [first, second] = [newKey(), newKey('fill')];
      const stranger = newKey();
      const mine = { ...second, client: first.client };
      const ids = [await submit(scene, first), await submit(scene, mine), await submit(scene, stranger)];
      const all = { client: first.client, only: null };
      expect(new Set(await v1JobsOfClient(api, all))).toEqual(new Set(ids.slice(0, 2)));
      expect(await clearV1Tasks(api, { client: first.client, only: mine })).toEqual([ids[1]]);
      expect(await clearV1Tasks(api, all)).toEqual([ids[0]]);
      expect(await clearV1Tasks(api, all)).toEqual([]);
      expect(await asOwner(scene.database, 'SELECT id FROM jobs')).toEqual([{ id: ids[2] }]);
    }));

  test('a result that was kept long enough is gone, with what is left of its job', () =>
    inScene(version, async (scene) => {
      const { api, database } = scene;
      await ensureV1Tenant(scene.worker);
      const [ended, left] = [newKey(), newKey()];
      expect(await submitV1Task(api, { ...ended, job: null, failedWith: 'OCR_FAILURE' })).toBe(true);
      const jobId = await submit(scene, left);
      await asOwner(database, "UPDATE v1_tasks SET accessed_at = now() - interval '24 hours 1 second'");
      expect(await dropOldV1Tasks(api, KEEP)).toBe(1);
      expect(await pollV1Task(api, ended, KEEP)).toBeNull();
      expect(await pollV1Task(api, left, KEEP)).toEqual({ goneJobId: jobId });
      expect(await pollV1Task(api, left, KEEP)).toBeNull();
      expect(await asOwner(database, 'SELECT 1 FROM jobs')).toEqual([]);
    }));

  test('the tenant of v1 is never taken for the first one, and others see nothing of it', () =>
    inScene(version, async (scene) => {
      await asOwner(scene.database, 'TRUNCATE tenants CASCADE');
      await ensureV1Tenant(scene.worker);
      await submit(scene, newKey());
      const tenantId = await ensureBootstrapTenant(scene.worker, { prefix: 'p', hash: randomBytes(32) });
      expect(tenantId).not.toBe(V1_TENANT_ID);
      const seen = await scene.api.pool.query(
        "SELECT (SELECT count(*) FROM v1_tasks)::integer AS tasks FROM set_config('docusnap.tenant', $1, false)",
        [tenantId],
      );
      expect(seen.rows).toEqual([{ tasks: 0 }]);
    }));

  test('what PostgreSQL would refuse again is told from what passes', () =>
    inScene(version, async (scene) => {
      // No tenant was made: a key of another table that is not there.
      const refused = await submitV1Task(scene.api, { ...newKey(), job: null, failedWith: 'OCR_FAILURE' }).catch(
        (error: unknown) => error,
      );
      expect(isRefusedForGood(refused)).toBe(true);
      const denied = await scene.api.pool.query('SELECT * FROM units').catch((error: unknown) => error);
      expect(isRefusedForGood(denied)).toBe(false);
      expect(isRefusedForGood(new Error('lost'))).toBe(false);
    }));
});
