import type { Failure } from '@docusnap/contracts';
import { expect, test } from '@jest/globals';
import { claimUnit } from './claim.ts';
import { createJob, eraseJob, pollJob } from './jobs.ts';
import { pagesSince, readPageRow, streamPages } from './pages.ts';
import { retryJob } from './retry.ts';
import { failFile, failPage, releaseUnit, saveOpenedFile, savePage } from './save.ts';
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

const DAMAGED: Failure = { code: 'file_undecodable', message: 'Damaged.', retryable: false };

onEachPostgres('a retry', (version) => {
  test('reads failed pages again and leaves the others as they are', () =>
    inScene(version, async (scene) => {
      const { api, worker, tenantId } = scene;
      const id = await submitOpened(scene, 3);
      await savePage(worker, await claim(scene), READ);
      await failPage(worker, await claim(scene), DAMAGED, { total: 40 });
      await savePage(worker, await claim(scene), READ);
      const ended = await pollJob(api, tenantId, id);
      expect(ended).toMatchObject({ status: 'partial', pagesTotal: 3, pagesDone: 2, pagesFailed: 1 });
      expect((await readPageRow(api, tenantId, id, 2)).page.stages).toEqual({ total: 40 });

      const { job, waiting } = await retryJob(api, tenantId, id);
      expect(waiting).toBe(1);
      expect(job).toMatchObject({ status: 'reading', pagesTotal: 3, pagesDone: 2, pagesFailed: 0, finishedAt: null });
      expect(job).toMatchObject({ version: ended.version + 1, startedAt: ended.startedAt });
      expect(job).toEqual(await pollJob(api, tenantId, id));
      expect((await readPageRow(api, tenantId, id, 1)).sealed).toEqual(READ.sealed);
      expect((await readPageRow(api, tenantId, id, 2)).page).toMatchObject({
        status: 'queued',
        attempts: 1,
        error: null,
        stages: null,
        version: null,
      });

      const again = await claim(scene);
      expect(again).toMatchObject({ kind: 'read', fileFrame: 1, attempt: 2 });
      await savePage(worker, again, READ);
      expect(await pollJob(api, tenantId, id)).toMatchObject({ status: 'completed', pagesDone: 3, pagesFailed: 0 });
      expect((await readPageRow(api, tenantId, id, 2)).page).toMatchObject({ status: 'done', attempts: 2 });
      const since = await pagesSince(api, tenantId, id, ended.version);
      expect(since.map(({ number }) => number)).toEqual([2]);
      expect(await claimUnit(worker, { holder: 'a test' })).toBeNull();
    }));

  test('counts the deaths of a poisonous page anew, and its attempts on', () =>
    inScene(version, async (scene) => {
      const id = await submitOpened(scene, 1);
      for (let round = 1; round <= 2; round += 1) {
        const death = { readerDied: 'page_poisonous', stages: { total: 7 } } as const;
        expect(await releaseUnit(scene.worker, await claim(scene), death)).toBe('waiting');
        expect(await releaseUnit(scene.worker, await claim(scene), death)).toBe('failed');
        expect(await readPageRow(scene.api, scene.tenantId, id, 1)).toMatchObject({
          page: { attempts: 2 * round, error: { code: 'page_poisonous' }, stages: { total: 7 } },
        });
        expect(await pollJob(scene.api, scene.tenantId, id)).toMatchObject({
          status: 'failed',
          error: { code: 'page_poisonous' },
        });
        await retryJob(scene.api, scene.tenantId, id);
      }
      await readAll(scene);
      const { page } = await readPageRow(scene.api, scene.tenantId, id, 1);
      expect(page).toMatchObject({ status: 'done', attempts: 5, error: null });
    }));

  test('queues up as if the job had just been submitted', () =>
    inScene(version, async (scene) => {
      const old = await submitOpened(scene, 1);
      await failPage(scene.worker, await claim(scene), DAMAGED);
      await new Promise((resolve) => setTimeout(resolve, 5));
      const newer = await submitOpened(scene, 1);
      await new Promise((resolve) => setTimeout(resolve, 5));
      await retryJob(scene.api, scene.tenantId, old);
      expect((await claimAll(scene, 2)).map(({ jobId }) => jobId)).toEqual([newer, old]);
    }));

  test('opens failed files again; their pages come after all that have numbers, which stay', () =>
    inScene(version, async (scene) => {
      const { api, worker, tenantId } = scene;
      const id = await submit(scene, { files: 4 });
      for (const unit of await claimAll(scene, 4)) {
        if (unit.fileIndex % 2 === 1) await failFile(worker, unit, DAMAGED);
        else await saveOpenedFile(worker, unit, { frames: 2 });
      }
      await readAll(scene);
      const before = await numbersOf(scene);
      expect(before).toEqual(['0.0=1', '0.1=2', '2.0=3', '2.1=4']);

      const { job, waiting } = await retryJob(api, tenantId, id);
      expect(waiting).toBe(2);
      expect(job).toMatchObject({ status: 'opening', pagesTotal: null, pagesDone: 4, pagesFailed: 0 });
      expect(job.files.map(({ status, error }) => [status, error])).toEqual([
        ['opened', null],
        ['queued', null],
        ['opened', null],
        ['queued', null],
      ]);
      expect((await readPageRow(api, tenantId, id, 3)).sealed).toEqual(READ.sealed);
      await expect(readPageRow(api, tenantId, id, 5)).rejects.toMatchObject({ code: 'page_not_ready' });

      const [second, fourth] = await claimAll(scene, 2);
      await saveOpenedFile(worker, fourth!, { frames: 1 });
      expect(await numbersOf(scene)).toEqual([...before, '3.0=null']);
      await saveOpenedFile(worker, second!, { frames: 2 });
      const after = ['0.0=1', '0.1=2', '1.0=5', '1.1=6', '2.0=3', '2.1=4', '3.0=7'];
      expect(await numbersOf(scene)).toEqual(after);
      await readAll(scene);
      expect(await pollJob(api, tenantId, id)).toMatchObject({ status: 'completed', pagesTotal: 7, pagesDone: 7 });
      const order: unknown[] = [];
      for await (const { page } of streamPages(api, tenantId, id)) order.push(page.number);
      expect(order).toEqual([1, 2, 5, 6, 3, 4, 7]);
    }));

  test('of a job with a selection asks of a file that opens late for the numbers it gets then', () =>
    inScene(version, async (scene) => {
      const { api, worker, tenantId } = scene;
      const job = newJob(tenantId, { files: 3 });
      await createJob(api, { ...job, options: { priority: 5, pages: '2,4-5,8' } });
      const [first, second, third] = await claimAll(scene, 3);
      await saveOpenedFile(worker, first!, { frames: 3 });
      await failFile(worker, second!, DAMAGED);
      await saveOpenedFile(worker, third!, { frames: 3 });
      await readAll(scene);
      expect(await numbersOf(scene)).toEqual(['0.1=2', '2.0=4', '2.1=5']);
      expect(await pollJob(api, tenantId, job.id)).toMatchObject({ status: 'partial', pagesTotal: 3 });
      await retryJob(api, tenantId, job.id);
      expect(await saveOpenedFile(worker, await claim(scene), { frames: 4 })).toMatchObject({ waiting: 1 });
      expect(await numbersOf(scene)).toEqual(['0.1=2', '1.1=8', '2.0=4', '2.1=5']);
      await readAll(scene);
      expect(await pollJob(api, tenantId, job.id)).toMatchObject({ status: 'completed', pagesTotal: 4, pagesDone: 4 });
    }));

  test('of a failed file that fails again ends the job as before', () =>
    inScene(version, async (scene) => {
      const id = await submit(scene);
      for (let round = 0; round < 2; round += 1) {
        await failFile(scene.worker, await claim(scene), DAMAGED);
        const job = await pollJob(scene.api, scene.tenantId, id);
        expect(job).toMatchObject({ status: 'failed', pagesTotal: 0, error: DAMAGED, files: [{ status: 'failed' }] });
        if (round === 0) await retryJob(scene.api, scene.tenantId, id);
      }
    }));

  test('of a job that runs is job_still_running, of one without failures nothing_to_retry, of one unknown job_not_found', () =>
    inScene(version, async (scene) => {
      const { api, tenantId } = scene;
      const id = await submitOpened(scene, 1);
      const running = { code: 'job_still_running', status: 409 };
      await expect(retryJob(api, tenantId, id)).rejects.toMatchObject(running);
      await readAll(scene);
      const done = { code: 'nothing_to_retry', status: 409 };
      await expect(retryJob(api, tenantId, id)).rejects.toMatchObject(done);
      const notFound = { code: 'job_not_found' };
      await expect(retryJob(api, await addTenant(scene.database), id)).rejects.toMatchObject(notFound);
      await expect(retryJob(api, tenantId, newJob(tenantId).id)).rejects.toMatchObject(notFound);
    }));

  test('that is asked for many times at once happens once', () =>
    inScene(version, async (scene) => {
      const { api, worker, tenantId } = scene;
      const id = await submitOpened(scene, 4);
      for (const unit of await claimAll(scene, 4)) await failPage(worker, unit, DAMAGED);
      const outcomes = await Promise.all(
        Array.from({ length: 8 }, () =>
          retryJob(api, tenantId, id).then(
            ({ waiting }) => waiting,
            (error: { code: string }) => error.code,
          ),
        ),
      );
      expect(outcomes.filter((outcome) => outcome === 4)).toHaveLength(1);
      expect(outcomes.filter((outcome) => outcome === 'job_still_running')).toHaveLength(7);
      const units = await claimAll(scene, 4);
      expect(new Set(units.map(({ fileFrame }) => fileFrame)).size).toBe(4);
      expect(await claimUnit(worker, { holder: 'a test' })).toBeNull();
    }));

  test('beside erasing and reading neither deadlocks nor leaves anything', () =>
    inScene(version, async (scene) => {
      const { api, worker, database, tenantId } = scene;
      for (let round = 0; round < 5; round += 1) {
        const id = await submitOpened(scene, 6);
        for (const unit of await claimAll(scene, 6)) await failPage(worker, unit, DAMAGED);
        const codeOf = (work: Promise<unknown>) =>
          work.then(
            () => 'done',
            (error: { code: string }) => error.code,
          );
        const [retried, read, erased] = await Promise.all([
          codeOf(retryJob(api, tenantId, id)),
          codeOf(readAll(scene)),
          codeOf(eraseJob(api, tenantId, id)),
        ]);
        expect(['done', 'job_not_found']).toContain(retried);
        expect(['done', 'lease_lost']).toContain(read);
        expect(erased).toBe('done');
        expect(await asOwner(database, 'SELECT job_id FROM units UNION ALL SELECT id FROM jobs')).toEqual([]);
      }
    }));
});

async function numbersOf(scene: Scene): Promise<string[]> {
  const rows = await asOwner<{ file_index: number; frame: number; number: number | null }>(
    scene.database,
    'SELECT file_index, frame, number FROM pages ORDER BY file_index, frame',
  );
  return rows.map(({ file_index, frame, number }) => `${file_index}.${frame}=${number}`);
}
