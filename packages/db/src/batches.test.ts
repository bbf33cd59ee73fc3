import { randomUUID, randomUUIDv7 } from 'node:crypto';
import { LIMITS } from '@docusnap/contracts';
import { expect, test } from '@jest/globals';
import { batchJobs, cancelBatch, eraseBatch, listBatches, pollBatch } from './batches.ts';
import { createJobs, eraseJob, pollJob } from './jobs.ts';
import { listJobs } from './list.ts';
import {
  addTenant,
  asOwner,
  inScene,
  isSomebodyWaiting,
  newJob,
  onEachPostgres,
  readAll,
  type Scene,
} from './test-jobs.ts';

onEachPostgres('batches', (version) => {
  test('a batch counts its jobs and their pages, and names one that runs while there is any', () =>
    inScene(version, async (scene) => {
      const id = await makeBatch(scene, 3);
      expect(await pollBatch(scene.api, scene.tenantId, id)).toMatchObject({
        batch: { documents: 3, running: 3, byStatus: { queued: 3 }, pagesTotal: null, metadata: { order: 1 } },
        runningJobId: expect.any(String),
      });
      await readAll(scene, 2);
      expect(await pollBatch(scene.api, scene.tenantId, id)).toMatchObject({
        batch: { running: 0, byStatus: { completed: 3 }, pagesTotal: 6, pagesDone: 6, pagesFailed: 0 },
        runningJobId: null,
      });
    }));

  test('documents are added until it is full, and only by its own tenant', () =>
    inScene(version, async (scene) => {
      const id = await makeBatch(scene, 1);
      const more = (tenantId = scene.tenantId) =>
        createJobs(scene.api, [{ ...newJob(tenantId), terms: { batchId: id } }]);
      await more();
      await expect(more(await addTenant(scene.database))).rejects.toMatchObject({ code: 'batch_not_found' });
      await asOwner(scene.database, 'UPDATE batches SET documents = $1', [LIMITS.documentsPerBatch]);
      await expect(more()).rejects.toMatchObject({ code: 'batch_full' });
      expect((await pollBatch(scene.api, scene.tenantId, id)).batch.documents).toBe(2);
      const { jobs } = await listJobs(scene.api, scene.tenantId, { limit: 10, batchId: id });
      expect(jobs.map(({ batchId }) => batchId)).toEqual([id, id]);
      expect((await listJobs(scene.api, scene.tenantId, { limit: 10, batchId: randomUUID() })).jobs).toEqual([]);
    }));

  test('of another tenant nothing is seen, cancelled or erased', () =>
    inScene(version, async (scene) => {
      const id = await makeBatch(scene, 1);
      const stranger = await addTenant(scene.database);
      await expect(pollBatch(scene.api, stranger, id)).rejects.toMatchObject({ code: 'batch_not_found' });
      expect(await cancelBatch(scene.api, stranger, id)).toBe(0);
      expect(await batchJobs(scene.api, stranger, id, 10)).toEqual([]);
      expect((await listBatches(scene.api, stranger, { limit: 10 })).batches).toEqual([]);
      await eraseBatch(scene.api, stranger, id);
      expect((await pollBatch(scene.api, scene.tenantId, id)).batch).toMatchObject({ running: 1 });
    }));

  test('all of its jobs that run are cancelled, however many there are', () =>
    inScene(version, async (scene) => {
      const id = await makeBatch(scene, 120);
      expect(await cancelBatch(scene.api, scene.tenantId, id)).toBe(120);
      expect((await pollBatch(scene.api, scene.tenantId, id)).batch).toMatchObject({
        byStatus: { cancelled: 120 },
        running: 0,
      });
      expect(await asOwner(scene.database, 'SELECT 1 FROM units')).toEqual([]);
    }));

  test('none of its jobs is forgotten because as many as are cancelled at a time end by themselves meanwhile', () =>
    inScene(version, async (scene) => {
      const id = await makeBatch(scene, 51);
      const late = 'WHERE id IN (SELECT id FROM jobs WHERE batch_id = $1 ORDER BY id LIMIT 50)';
      await asOwner(scene.database, `UPDATE jobs SET deadline = now() - interval '1 second' ${late}`, [id]);
      const ending = await scene.worker.pool.connect();
      try {
        await ending.query('BEGIN');
        await ending.query('SELECT end_late_jobs(200)');
        const cancelled = cancelBatch(scene.api, scene.tenantId, id);
        while (!(await isSomebodyWaiting(scene))) await new Promise((resolve) => setTimeout(resolve, 5));
        await ending.query('COMMIT');
        expect(await cancelled).toBe(1);
      } finally {
        ending.release();
      }
      expect((await pollBatch(scene.api, scene.tenantId, id)).batch).toMatchObject({
        byStatus: { expired: 50, cancelled: 1 },
        running: 0,
      });
    }));

  test('it goes once it has no jobs any more, and not before', () =>
    inScene(version, async (scene) => {
      const id = await makeBatch(scene, 1);
      expect(await eraseBatch(scene.api, scene.tenantId, id)).toBe(false);
      const [job] = await batchJobs(scene.api, scene.tenantId, id, 10);
      expect((await pollJob(scene.api, scene.tenantId, job!)).batchId).toBe(id);
      await eraseJob(scene.api, scene.tenantId, job!);
      expect(await eraseBatch(scene.api, scene.tenantId, id)).toBe(true);
      await expect(pollBatch(scene.api, scene.tenantId, id)).rejects.toMatchObject({ code: 'batch_not_found' });
    }));

  test('they are listed newest first, page by page', () =>
    inScene(version, async (scene) => {
      const made: string[] = [];
      for (let count = 0; count < 3; count += 1) {
        made.push(await makeBatch(scene, 0));
        // Batches of the same millisecond are in the order of their ids, which is none.
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
      const first = await listBatches(scene.api, scene.tenantId, { limit: 2 });
      const second = await listBatches(scene.api, scene.tenantId, { limit: 2, after: first.next ?? undefined });
      expect([...first.batches, ...second.batches].map(({ id }) => id)).toEqual(made.toReversed());
      expect(second.next).toBeNull();
    }));

  test('batches that have no jobs go a week after they were made', () =>
    inScene(version, async (scene) => {
      const [spent, used] = [await makeBatch(scene, 0), await makeBatch(scene, 1)];
      const young = await makeBatch(scene, 0);
      await asOwner(scene.database, "UPDATE batches SET created_at = now() - interval '8 days' WHERE id = ANY ($1)", [
        [spent, used],
      ]);
      await scene.worker.pool.query('SELECT drop_spent_batches(10)');
      const left = await asOwner<{ id: string }>(scene.database, 'SELECT id FROM batches');
      expect(new Set(left.map(({ id }) => id))).toEqual(new Set([used, young]));
    }));
});

async function makeBatch(scene: Scene, documents: number): Promise<string> {
  const { tenantId } = scene;
  const batch = { id: randomUUIDv7(), tenantId, name: 'a batch', metadata: { order: 1 } };
  const jobs = Array.from({ length: documents }, () => ({ ...newJob(tenantId), terms: { batchId: batch.id } }));
  await createJobs(scene.api, jobs, { batch });
  return batch.id;
}
