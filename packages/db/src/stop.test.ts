import { randomUUIDv7 } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { cancelBatch } from './batches.ts';
import { cancelJob, createJobs, pollJob } from './jobs.ts';
import { listenForStopped } from './listen.ts';
import { listPages } from './page-list.ts';
import { reportRate } from './progress.ts';
import { retryJob } from './retry.ts';
import { saveOpenedFile, savePage } from './save.ts';
import { sweep } from './sweep.ts';
import {
  addTenant,
  asOwner,
  claim,
  claimAll,
  inScene,
  newJob,
  onEachPostgres,
  READ,
  readAll,
  type Scene,
  submit,
  submitOpened,
} from './test-jobs.ts';
import { claimUnderstanding, saveUnderstanding, understandJob } from './understandings.ts';

const sweepOnce = (scene: Scene) => sweep(scene.worker, { countBells: async () => 0 });

onEachPostgres('cancelling', (version) => {
  test('what was read stays, the rest fails as job_cancelled, and no unit is left', () =>
    inScene(version, async (scene) => {
      const id = await submitOpened(scene, 3);
      await savePage(scene.worker, await claim(scene), READ);
      const held = await claim(scene);
      const job = await cancelJob(scene.api, scene.tenantId, id);
      expect(job).toMatchObject({
        status: 'cancelled',
        pagesTotal: 3,
        pagesDone: 1,
        pagesFailed: 2,
        error: { code: 'job_cancelled' },
        finishedAt: expect.any(Date),
      });
      const { pages } = await listPages(scene.api, scene.tenantId, id, { limit: 10 });
      expect(pages.map(({ status, error }) => [status, error?.code])).toEqual([
        ['done', undefined],
        ['failed', 'job_cancelled'],
        ['failed', 'job_cancelled'],
      ]);
      expect(await asOwner(scene.database, 'SELECT 1 FROM units')).toEqual([]);
      await expect(savePage(scene.worker, held, READ)).rejects.toMatchObject({ code: 'lease_lost' });
      expect(await pollJob(scene.api, scene.tenantId, id)).toEqual(job);
    }));

  test('a job that was not opened has no pages, and its files failed', () =>
    inScene(version, async (scene) => {
      const id = await submit(scene, { files: 2 });
      const job = await cancelJob(scene.api, scene.tenantId, id);
      expect(job).toMatchObject({ status: 'cancelled', pagesTotal: 0, pagesDone: 0 });
      expect(job.files.map(({ error }) => error?.code)).toEqual(['job_cancelled', 'job_cancelled']);
    }));

  test('an ended job cannot be cancelled, nor one of another tenant', () =>
    inScene(version, async (scene) => {
      const id = await submitOpened(scene, 1);
      await expect(cancelJob(scene.api, await addTenant(scene.database), id)).rejects.toMatchObject({
        code: 'job_not_found',
      });
      await readAll(scene);
      await expect(cancelJob(scene.api, scene.tenantId, id)).rejects.toMatchObject({ code: 'job_already_ended' });
    }));

  test('a retry reads what was not read, and the job completes', () =>
    inScene(version, async (scene) => {
      const [job] = await createJobs(scene.api, [
        { ...newJob(scene.tenantId, { files: 3 }), options: { priority: 5, pages: '1-2,4' } },
      ]);
      const id = job!.id;
      await saveOpenedFile(scene.worker, await claim(scene), { frames: 2 });
      const units = await claimAll(scene, 3);
      await savePage(scene.worker, units.find(({ kind }) => kind === 'read')!, READ);
      await cancelJob(scene.api, scene.tenantId, id);
      expect(await asOwner(scene.database, 'SELECT 1 FROM units')).toEqual([]);
      expect((await retryJob(scene.api, scene.tenantId, id)).waiting).toBeGreaterThan(0);
      await readAll(scene, 2);
      expect(await pollJob(scene.api, scene.tenantId, id)).toMatchObject({
        status: 'completed',
        pagesTotal: 3,
        pagesDone: 3,
      });
    }));

  test('what is being understood is taken from the lane, and can be asked for again', () =>
    inScene(version, async (scene) => {
      const id = await submitOpened(scene, 1);
      await readAll(scene);
      await understandJob(scene.api, scene.tenantId, id, { task: 'doc', request: Buffer.from('sealed') });
      const held = await claimUnderstanding(scene.worker, { holder: 'a test' });
      const job = await cancelJob(scene.api, scene.tenantId, id);
      expect(job).toMatchObject({
        status: 'cancelled',
        pagesDone: 1,
        understanding: { status: 'failed', error: { code: 'job_cancelled' } },
      });
      const usage = { prompt_tokens: 0, completion_tokens: 0 };
      await expect(saveUnderstanding(scene.worker, held!, { sealed: READ.sealed, usage })).rejects.toMatchObject({
        code: 'lease_lost',
      });
      expect((await retryJob(scene.api, scene.tenantId, id)).job.status).toBe('understanding');
      const again = await claimUnderstanding(scene.worker, { holder: 'a test' });
      await saveUnderstanding(scene.worker, again!, { sealed: READ.sealed, usage });
      expect((await pollJob(scene.api, scene.tenantId, id)).status).toBe('completed');
    }));

  test('those who hold units are told of jobs that were cancelled or erased while they ran, and of no others', () =>
    inScene(version, async (scene) => {
      const told: string[] = [];
      const listener = await listenForStopped(scene.database.directWorkerUrl, (id) => told.push(id), {
        onReconnect: () => undefined,
      });
      try {
        const [ended, cancelled] = [await submitOpened(scene, 1), await submit(scene)];
        await cancelJob(scene.api, scene.tenantId, cancelled);
        await readAll(scene);
        const running = await submit(scene);
        await asOwner(scene.database, 'DELETE FROM jobs WHERE id = ANY ($1)', [[running]]);
        await asOwner(scene.database, 'DELETE FROM jobs WHERE id = ANY ($1)', [[ended]]);
        await asOwner(scene.database, "SELECT pg_notify('docusnap_stopped', 'last')");
        while (told.at(-1) !== 'last') await new Promise((resolve) => setTimeout(resolve, 5));
        expect(told).toEqual([cancelled, running, 'last']);
      } finally {
        await listener.close();
      }
    }));
});

onEachPostgres('deadlines', (version) => {
  const withDeadline = (scene: Scene, ms: number, files = 1) => ({
    ...newJob(scene.tenantId, { files }),
    terms: { deadline: new Date(Date.now() + ms) },
  });

  test('a job whose deadline has passed ends as expired with the next sweep, with the pages that it has', () =>
    inScene(version, async (scene) => {
      const id = await submitOpened(scene, 2);
      const other = await submitOpened(scene, 1);
      await savePage(scene.worker, await claim(scene), READ);
      await sweepOnce(scene);
      expect((await pollJob(scene.api, scene.tenantId, id)).status).toBe('reading');
      await asOwner(scene.database, "UPDATE jobs SET deadline = now() - interval '1 second' WHERE id = $1", [id]);
      await sweepOnce(scene);
      expect(await pollJob(scene.api, scene.tenantId, id)).toMatchObject({
        status: 'expired',
        pagesDone: 1,
        pagesFailed: 1,
        error: { code: 'deadline_missed' },
      });
      expect((await pollJob(scene.api, scene.tenantId, other)).status).toBe('reading');
      const { job } = await retryJob(scene.api, scene.tenantId, id);
      expect(job).toMatchObject({ status: 'reading', deadline: null });
    }));

  test('one that was kept counts no more when something else is asked of the job after it', () =>
    inScene(version, async (scene) => {
      const [created] = await createJobs(scene.api, [withDeadline(scene, 60_000)]);
      const id = created!.id;
      await readAll(scene);
      await asOwner(scene.database, "UPDATE jobs SET deadline = now() - interval '1 second' WHERE id = $1", [id]);
      await understandJob(scene.api, scene.tenantId, id, { task: 'doc', request: Buffer.from('sealed') });
      await sweepOnce(scene);
      expect(await pollJob(scene.api, scene.tenantId, id)).toMatchObject({ status: 'understanding', deadline: null });
    }));

  test('one statement ends no more jobs than it has time for, however many pages they have, and the next ones the others', () =>
    inScene(version, async (scene) => {
      const batch = { id: randomUUIDv7(), tenantId: scene.tenantId, name: null, metadata: null };
      const jobs = Array.from({ length: 4 }, () => ({ ...newJob(scene.tenantId), terms: { batchId: batch.id } }));
      await createJobs(scene.api, jobs, { batch });
      const ended = async () =>
        (await asOwner(scene.database, 'SELECT FROM jobs WHERE finished_at IS NOT NULL')).length;
      await asOwner(
        scene.database,
        `CREATE FUNCTION take_long() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(2.1); RETURN NULL; END';
         CREATE TRIGGER take_long AFTER UPDATE OF status ON jobs FOR EACH ROW EXECUTE FUNCTION take_long();
         UPDATE jobs SET deadline = now() - interval '1 second'`,
      );
      try {
        await scene.worker.pool.query('SELECT end_late_jobs(200)');
        expect(await ended()).toBe(1);
        await scene.api.pool.query('SELECT cancel_batch_jobs($1, $2, 50)', [scene.tenantId, batch.id]);
        expect(await ended()).toBe(2);
      } finally {
        await asOwner(scene.database, 'DROP FUNCTION take_long CASCADE');
      }
      await cancelBatch(scene.api, scene.tenantId, batch.id);
      expect(await ended()).toBe(4);
    }));

  test('one that has passed already is refused, and there is no job', () =>
    inScene(version, async (scene) => {
      await expect(createJobs(scene.api, [withDeadline(scene, -1)])).rejects.toMatchObject({
        code: 'deadline_unreachable',
      });
      expect(await asOwner(scene.database, 'SELECT 1 FROM jobs')).toEqual([]);
    }));

  test('one is refused where even a quarter of the measured time would be too long, and only then', () =>
    inScene(version, async (scene) => {
      // Nobody has said how fast pages are read: it cannot be known.
      await createJobs(scene.api, [withDeadline(scene, 1_000, 5)]);
      await asOwner(scene.database, 'DELETE FROM jobs');
      await reportRate(scene.worker, 'a', { readers: 2, pageMs: 2_000 });
      // Ten pages by two readers: 10 s, and at the very best 2.5 s.
      await expect(createJobs(scene.api, [withDeadline(scene, 2_000, 10)])).rejects.toMatchObject({
        code: 'deadline_unreachable',
      });
      const [taken] = await createJobs(scene.api, [withDeadline(scene, 4_000, 10)]);
      expect(taken!.deadline).toEqual(expect.any(Date));
      // One page, but forty units of older jobs go before it.
      for (let count = 0; count < 40; count += 1) await submit(scene);
      await expect(createJobs(scene.api, [withDeadline(scene, 4_000)])).rejects.toMatchObject({
        code: 'deadline_unreachable',
      });
      await createJobs(scene.api, [withDeadline(scene, 20_000)]);
    }));
});
