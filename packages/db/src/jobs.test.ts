import { expect, test } from '@jest/globals';
import { cancelJob, createJob, createJobs, eraseJob, jobVersions, pollJob } from './jobs.ts';
import { retryJob } from './retry.ts';
import { failFile, saveOpenedFile, savePage } from './save.ts';
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
  submit,
  submitOpened,
} from './test-jobs.ts';

onEachPostgres('jobs', (version) => {
  test('a submitted job is there at once, as it was sent', () =>
    inScene(version, async ({ api, tenantId }) => {
      const job = newJob(tenantId, { files: 2, priority: 7 });
      const created = await createJob(api, job);
      expect(created).toEqual({
        id: job.id,
        tenantId,
        name: 'scan-0.pdf',
        status: 'queued',
        options: { priority: 7 },
        metadata: { reference: 'R-1' },
        pagesTotal: null,
        pagesDone: 0,
        pagesFailed: 0,
        error: null,
        version: 1,
        createdAt: expect.any(Date),
        batchId: null,
        deadline: null,
        expiresAt: null,
        startedAt: null,
        understanding: null,
        finishedAt: null,
        files: job.files.map((file, index) => ({ ...file, index, status: 'queued', pages: null, error: null })),
      });
      expect(Math.abs(created.createdAt.getTime() - Date.now())).toBeLessThan(60_000);
      expect(await pollJob(api, tenantId, job.id)).toEqual(created);
    }));

  test('several jobs are made at once, and their units wait in that order', () =>
    inScene(version, async (scene) => {
      const jobs = [newJob(scene.tenantId), newJob(scene.tenantId), newJob(scene.tenantId)].toSorted((one, other) =>
        one.id < other.id ? -1 : 1,
      );
      const created = await createJobs(scene.api, jobs);
      expect(created.map(({ id }) => id)).toEqual(jobs.map(({ id }) => id));
      expect((await claimAll(scene, 3)).map(({ jobId }) => jobId)).toEqual(jobs.map(({ id }) => id));
    }));

  test('of several jobs none is made when one cannot be', () =>
    inScene(version, async ({ api, database, tenantId }) => {
      const job = newJob(tenantId);
      await expect(createJobs(api, [job, newJob(tenantId), job])).rejects.toMatchObject({ code: 'internal' });
      expect(await asOwner(database, 'SELECT id FROM jobs UNION ALL SELECT job_id FROM units')).toEqual([]);
    }));

  test('a job without metadata has none, and a job without files is refused', () =>
    inScene(version, async ({ api, tenantId }) => {
      const created = await createJob(api, { ...newJob(tenantId), metadata: null });
      expect(created.metadata).toBeNull();
      await expect(createJob(api, { ...newJob(tenantId), files: [] })).rejects.toMatchObject({ code: 'no_files' });
    }));

  test('a job goes from queued over opening and reading to completed, its version growing with each change', () =>
    inScene(version, async (scene) => {
      const { api, worker, tenantId } = scene;
      const id = await submit(scene);
      const seen = [await pollJob(api, tenantId, id)];
      const open = await claim(scene);
      seen.push(await pollJob(api, tenantId, id));
      await saveOpenedFile(worker, open, { frames: 1 });
      seen.push(await pollJob(api, tenantId, id));
      await savePage(worker, await claim(scene), READ);
      const end = await pollJob(api, tenantId, id);
      seen.push(end);
      expect(seen.map(({ status }) => status)).toEqual(['queued', 'opening', 'reading', 'completed']);
      expect(seen.map((job) => job.version)).toEqual([1, 2, 3, 4]);
      expect(seen.map(({ pagesTotal }) => pagesTotal)).toEqual([null, null, 1, 1]);
      expect(seen[1]?.startedAt).toBeInstanceOf(Date);
      expect(end).toMatchObject({ pagesDone: 1, pagesFailed: 0, error: null, finishedAt: expect.any(Date) });
    }));

  test('a job of pictures comes with its pages, which are claimed at once, one a file', () =>
    inScene(version, async (scene) => {
      const { api, worker, tenantId } = scene;
      const id = await submit(scene, { files: 2, pictures: true });
      const seen = [await pollJob(api, tenantId, id)];
      const pages = await claimAll(scene, 2);
      expect(pages).toMatchObject(
        [0, 1].map((fileIndex) => ({ kind: 'read', jobId: id, fileIndex, fileFrame: 0, attempt: 1 })),
      );
      seen.push(await pollJob(api, tenantId, id));
      for (const page of pages.toReversed()) await savePage(worker, page, READ);
      seen.push(await pollJob(api, tenantId, id));
      expect(seen.map(({ status }) => status)).toEqual(['queued', 'reading', 'completed']);
      expect(seen.map(({ pagesTotal, pagesDone }) => [pagesTotal, pagesDone])).toEqual([
        [2, 0],
        [2, 0],
        [2, 2],
      ]);
      expect(seen.map(({ version }) => version)).toEqual([1, 2, 4]);
      const rows = await asOwner(scene.database, 'SELECT file_index, number, status FROM pages ORDER BY number');
      expect(rows).toEqual([0, 1].map((index) => ({ file_index: index, number: index + 1, status: 'done' })));
    }));

  test('pictures beside a document, and of a selection, wait to be opened', () =>
    inScene(version, async (scene) => {
      const pictures = newJob(scene.tenantId, { files: 2, pictures: true });
      const [document] = newJob(scene.tenantId).files;
      const mixed = { ...newJob(scene.tenantId), files: [...pictures.files, document!] };
      const selected = { ...pictures, options: { ...pictures.options, pages: '2' } };
      for (const job of [mixed, selected]) {
        expect(await createJob(scene.api, job)).toMatchObject({ status: 'queued', pagesTotal: null });
      }
      const units = await claimAll(scene, 5);
      expect(units.map(({ kind }) => kind)).toEqual(Array.from({ length: 5 }, () => 'open'));
      for (const job of [mixed, selected]) {
        for (const unit of units.filter(({ jobId }) => jobId === job.id)) {
          await saveOpenedFile(scene.worker, unit, { frames: 1 });
        }
      }
      const waiting = await asOwner(scene.database, 'SELECT job_id, file_index FROM units ORDER BY id');
      expect(waiting).toEqual([
        ...[0, 1, 2].map((index) => ({ job_id: mixed.id, file_index: index })),
        { job_id: selected.id, file_index: 1 },
      ]);
    }));

  test('pictures that nobody has read yet are given up with their job, and waited for no more', () =>
    inScene(version, async (scene) => {
      const id = await submit(scene, { files: 3, pictures: true });
      await savePage(scene.worker, await claim(scene), READ);
      const ended = await cancelJob(scene.api, scene.tenantId, id);
      expect(ended).toMatchObject({ status: 'cancelled', pagesTotal: 3, pagesDone: 1, pagesFailed: 2 });
      expect(await retryJob(scene.api, scene.tenantId, id)).toMatchObject({ waiting: 2 });
      await readAll(scene);
      expect(await pollJob(scene.api, scene.tenantId, id)).toMatchObject({ status: 'completed', pagesDone: 3 });
    }));

  test('an id that nobody has and an id of another tenant are the same: job_not_found', () =>
    inScene(version, async (scene) => {
      const id = await submit(scene);
      const stranger = await addTenant(scene.database);
      const notFound = { code: 'job_not_found', status: 404 };
      await expect(pollJob(scene.api, stranger, id)).rejects.toMatchObject(notFound);
      await expect(eraseJob(scene.api, stranger, id)).rejects.toMatchObject(notFound);
      await expect(pollJob(scene.api, scene.tenantId, newJob(stranger).id)).rejects.toMatchObject(notFound);
      expect((await pollJob(scene.api, scene.tenantId, id)).id).toBe(id);
    }));

  test('an erased job leaves no row behind', () =>
    inScene(version, async (scene) => {
      const { api, worker, database, tenantId } = scene;
      const id = await submitOpened(scene, 3);
      await savePage(worker, await claim(scene), READ);
      await eraseJob(api, tenantId, id);
      for (const table of ['jobs', 'files', 'pages', 'page_texts', 'units']) {
        expect([table, await asOwner(database, `SELECT * FROM ${table}`)]).toEqual([table, []]);
      }
      await expect(pollJob(api, tenantId, id)).rejects.toMatchObject({ code: 'job_not_found' });
      await expect(eraseJob(api, tenantId, id)).rejects.toMatchObject({ code: 'job_not_found' });
    }));

  test('a job erased while its units are in hand: what their holders save later is lease_lost', () =>
    inScene(version, async (scene) => {
      const { api, worker, tenantId } = scene;
      const id = await submitOpened(scene, 1);
      const page = await claim(scene);
      const second = await submit(scene);
      const file = await claim(scene);
      await eraseJob(api, tenantId, id);
      await eraseJob(api, tenantId, second);
      const lost = { code: 'lease_lost' };
      await expect(savePage(worker, page, READ)).rejects.toMatchObject(lost);
      await expect(saveOpenedFile(worker, file, { frames: 2 })).rejects.toMatchObject(lost);
      await expect(
        failFile(worker, file, { code: 'file_undecodable', message: 'x', retryable: false }),
      ).rejects.toMatchObject(lost);
    }));

  test('jobs that are erased while others save them neither deadlock nor leave anything', () =>
    inScene(version, async (scene) => {
      const { api, worker, tenantId } = scene;
      for (let round = 0; round < 5; round += 1) {
        const id = await submitOpened(scene, 8);
        const units = await claimAll(scene, 6);
        const saved = units.map((unit) =>
          savePage(worker, unit, READ).then(
            () => 'saved',
            (error: { code: string }) => error.code,
          ),
        );
        const [erased, ...outcomes] = await Promise.all([
          eraseJob(api, tenantId, id),
          ...saved,
          readAll(scene).then(
            () => 'read',
            (error: { code: string }) => error.code,
          ),
        ]);
        expect(erased).toBeUndefined();
        expect(outcomes.filter((outcome) => !['saved', 'read', 'lease_lost'].includes(outcome))).toEqual([]);
      }
      expect(await asOwner(scene.database, 'SELECT * FROM pages')).toEqual([]);
    }));

  test('versions of jobs of any tenant come in one query, without those that are gone', () =>
    inScene(version, async (scene) => {
      const ended = await submit(scene);
      await readAll(scene);
      const other = await addTenant(scene.database);
      const queued = await submit(scene, { tenantId: other });
      const versions = await jobVersions(scene.api, [ended, queued, newJob(other).id]);
      expect(versions).toEqual(
        new Map([
          [ended, { version: 4, ended: true }],
          [queued, { version: 1, ended: false }],
        ]),
      );
      expect(await jobVersions(scene.api, [])).toEqual(new Map());
    }));
});
