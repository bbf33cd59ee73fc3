import { ERRORS, type Failure, LIMITS } from '@docusnap/contracts';
import { expect, test } from '@jest/globals';
import { claimUnit } from './claim.ts';
import { pollJob } from './jobs.ts';
import { pagesSince, readPageRow } from './pages.ts';
import { failFile, failPage, releaseUnit, saveOpenedFile, savePage } from './save.ts';
import { sweep } from './sweep.ts';
import {
  asOwner,
  claim,
  claimAll,
  inScene,
  letLeasesRunOut,
  onEachPostgres,
  READ,
  readAll,
  type Scene,
  submit,
  submitOpened,
} from './test-jobs.ts';

const DAMAGED: Failure = { code: 'file_undecodable', message: 'The file is damaged: frame 3.', retryable: false };
const SLOW: Failure = { code: 'page_timeout', message: ERRORS.page_timeout.message, retryable: false };
const lost = { code: 'lease_lost', status: 409 };
const noBells = { countBells: async () => 0 };

onEachPostgres('saving', (version) => {
  test('an opened file has a page and a unit for each frame, and tells how many to ring for', () =>
    inScene(version, async (scene) => {
      const id = await submit(scene);
      expect(await saveOpenedFile(scene.worker, await claim(scene), { frames: 3 })).toEqual({ waiting: 3, next: null });
      const job = await pollJob(scene.api, scene.tenantId, id);
      expect(job).toMatchObject({ status: 'reading', pagesTotal: 3, files: [{ status: 'opened', pages: 3 }] });
      expect(await numbersOf(scene)).toEqual(['0.0=1', '0.1=2', '0.2=3']);
      const units = await claimAll(scene, 3);
      expect(units.map(({ kind, fileFrame }) => [kind, fileFrame])).toEqual([
        ['read', 0],
        ['read', 1],
        ['read', 2],
      ]);
    }));

  test('with an opened file the next unit may be claimed in the same transaction, by the order of claims', () =>
    inScene(version, async (scene) => {
      const id = await submit(scene);
      const opened = await saveOpenedFile(scene.worker, await claim(scene), { frames: 2 }, { thenClaimFor: 'reader' });
      expect(opened).toMatchObject({ waiting: 2, next: { kind: 'read', jobId: id, fileFrame: 0, attempt: 1 } });
      await savePage(scene.worker, opened.next!, READ);
      const other = await submit(scene);
      const [second, third] = await claimAll(scene, 2);
      expect([second?.jobId, third?.jobId]).toEqual([id, other]);
      expect(await claimUnit(scene.worker, { holder: 'test' })).toBeNull();
    }));

  test('a file that is saved late claims nothing either', () =>
    inScene(version, async (scene) => {
      await submit(scene);
      const late = await claim(scene);
      await releaseUnit(scene.worker, late);
      const save = saveOpenedFile(scene.worker, late, { frames: 2 }, { thenClaimFor: 'reader' });
      await expect(save).rejects.toMatchObject(lost);
      expect(await claimUnit(scene.worker, { holder: 'test' })).toMatchObject({ kind: 'open' });
    }));

  test('pages of several files are numbered in file order once all are opened, in whatever order that happened', () =>
    inScene(version, async (scene) => {
      const id = await submit(scene, { files: 4 });
      const [first, second, third, fourth] = (await claimAll(scene, 4)).sort((a, b) => a.fileIndex - b.fileIndex);
      await saveOpenedFile(scene.worker, third!, { frames: 2 });
      expect(await numbersOf(scene)).toEqual(['2.0=null', '2.1=null']);
      expect(await pollJob(scene.api, scene.tenantId, id)).toMatchObject({ status: 'opening', pagesTotal: null });
      await saveOpenedFile(scene.worker, first!, { frames: 1 });
      await failFile(scene.worker, second!, DAMAGED);
      await saveOpenedFile(scene.worker, fourth!, { frames: 2 });
      expect(await numbersOf(scene)).toEqual(['0.0=1', '2.0=2', '2.1=3', '3.0=4', '3.1=5']);
      const job = await pollJob(scene.api, scene.tenantId, id);
      expect(job).toMatchObject({ status: 'reading', pagesTotal: 5 });
      expect(job.files.map(({ status, pages, error }) => [status, pages, error])).toEqual([
        ['opened', 1, null],
        ['failed', null, DAMAGED],
        ['opened', 2, null],
        ['opened', 2, null],
      ]);
    }));

  test('pages of a file that is opened are read while other files are not opened yet', () =>
    inScene(version, async (scene) => {
      const id = await submit(scene, { files: 2 });
      const [early, late] = await claimAll(scene, 2);
      await saveOpenedFile(scene.worker, early!, { frames: 1 });
      await savePage(scene.worker, await claim(scene), READ);
      expect(await pollJob(scene.api, scene.tenantId, id)).toMatchObject({
        status: 'opening',
        pagesDone: 1,
        pagesTotal: null,
      });
      await failFile(scene.worker, late!, DAMAGED);
      const job = await pollJob(scene.api, scene.tenantId, id);
      expect(job).toMatchObject({ status: 'partial', pagesDone: 1, pagesTotal: 1, error: null });
      expect(job.finishedAt).toBeInstanceOf(Date);
    }));

  test('a saved page is there with its text, stages, attempt and version', () =>
    inScene(version, async (scene) => {
      const id = await submitOpened(scene, 2);
      await savePage(scene.worker, await claim(scene), READ);
      const { page, sealed } = await readPageRow(scene.api, scene.tenantId, id, 1);
      expect(sealed?.toString()).toBe('sealed text');
      const { version: jobVersion } = await pollJob(scene.api, scene.tenantId, id);
      expect(page).toEqual({
        number: 1,
        fileIndex: 0,
        fileFrame: 0,
        status: 'done',
        attempts: 1,
        error: null,
        stages: READ.stages,
        version: jobVersion,
      });
    }));

  test('the end: completed when all pages are read, partial when some are, failed when none is', () =>
    inScene(version, async (scene) => {
      const completed = await submitOpened(scene, 2);
      await readAll(scene);
      const partial = await submitOpened(scene, 2);
      await failPage(scene.worker, await claim(scene), SLOW);
      await readAll(scene);
      const failed = await submitOpened(scene, 2);
      for (const unit of await claimAll(scene, 2)) await failPage(scene.worker, unit, SLOW);
      const all = { code: 'all_pages_failed', message: ERRORS.all_pages_failed.message, retryable: false };
      expect(await endOf(scene, completed)).toEqual(['completed', 2, 0, null]);
      expect(await endOf(scene, partial)).toEqual(['partial', 1, 1, null]);
      expect(await endOf(scene, failed)).toEqual(['failed', 0, 2, all]);
      expect(await asOwner(scene.database, 'SELECT * FROM units')).toEqual([]);
    }));

  test('a job of one file or one page that fails has the error of that file or page', () =>
    inScene(version, async (scene) => {
      const file = await submit(scene);
      await failFile(scene.worker, await claim(scene), DAMAGED);
      const page = await submitOpened(scene, 1);
      await failPage(scene.worker, await claim(scene), SLOW);
      expect(await endOf(scene, file)).toEqual(['failed', 0, 0, DAMAGED]);
      expect(await pollJob(scene.api, scene.tenantId, file)).toMatchObject({ pagesTotal: 0 });
      expect(await endOf(scene, page)).toEqual(['failed', 0, 1, SLOW]);
      expect(await pagesSince(scene.api, scene.tenantId, page, 0)).toMatchObject([
        { status: 'failed', error: SLOW, attempts: 1 },
      ]);
    }));

  test('two files of which neither can be opened: all_pages_failed', () =>
    inScene(version, async (scene) => {
      const id = await submit(scene, { files: 2 });
      for (const unit of await claimAll(scene, 2)) await failFile(scene.worker, unit, DAMAGED);
      expect(await endOf(scene, id)).toMatchObject(['failed', 0, 0, { code: 'all_pages_failed' }]);
    }));

  test('a file that takes the job over its page limit is refused and still held', () =>
    inScene(version, async (scene) => {
      const id = await submit(scene);
      const unit = await claim(scene);
      await expect(saveOpenedFile(scene.worker, unit, { frames: LIMITS.pagesPerJob + 1 })).rejects.toMatchObject({
        code: 'too_many_pages',
      });
      await expect(saveOpenedFile(scene.worker, unit, { frames: 0 })).rejects.toMatchObject({ code: 'internal' });
      await failFile(scene.worker, unit, { code: 'too_many_pages', message: 'm', retryable: false });
      expect(await endOf(scene, id)).toMatchObject(['failed', 0, 0, { code: 'too_many_pages' }]);
    }));

  test('a page saved late by a holder whose unit another claimed is refused, and the later one is kept', () =>
    inScene(version, async (scene) => {
      const id = await submitOpened(scene, 1);
      const late = await claim(scene, 'late');
      await letLeasesRunOut(scene);
      await sweep(scene.worker, noBells);
      const next = await claim(scene, 'next');
      for (const save of [
        savePage(scene.worker, late, READ),
        failPage(scene.worker, late, SLOW),
        releaseUnit(scene.worker, late),
        releaseUnit(scene.worker, late, { readerDied: 'page_poisonous' }),
      ]) {
        await expect(save).rejects.toMatchObject(lost);
      }
      await savePage(scene.worker, next, { ...READ, sealed: Buffer.from('the later one') });
      await expect(savePage(scene.worker, late, READ)).rejects.toMatchObject(lost);
      const { page, sealed } = await readPageRow(scene.api, scene.tenantId, id, 1);
      expect([page.attempts, sealed?.toString()]).toEqual([2, 'the later one']);
    }));

  test('a page saved late by a holder whose lease ran out, but that nobody else claimed, is kept', () =>
    inScene(version, async (scene) => {
      const id = await submitOpened(scene, 2);
      const [expired, swept] = await claimAll(scene, 2);
      await letLeasesRunOut(scene);
      await savePage(scene.worker, expired!, READ);
      await sweep(scene.worker, noBells);
      await savePage(scene.worker, swept!, READ);
      expect(await endOf(scene, id)).toEqual(['completed', 2, 0, null]);
      expect(await claimUnit(scene.worker, { holder: 'a test' })).toBeNull();
    }));

  test('the same page saved twice is saved once', () =>
    inScene(version, async (scene) => {
      const id = await submitOpened(scene, 2);
      const unit = await claim(scene);
      const twice = await Promise.allSettled([savePage(scene.worker, unit, READ), savePage(scene.worker, unit, READ)]);
      expect(twice.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      expect(await pollJob(scene.api, scene.tenantId, id)).toMatchObject({ pagesDone: 1 });
    }));

  test('the last pages of a job saved at the same moment end it once', () =>
    inScene(version, async (scene) => {
      const id = await submitOpened(scene, 6);
      const { version: before } = await pollJob(scene.api, scene.tenantId, id);
      const units = await claimAll(scene, 6);
      await Promise.all(units.map((unit) => savePage(scene.worker, unit, READ)));
      const job = await pollJob(scene.api, scene.tenantId, id);
      expect(job).toMatchObject({ status: 'completed', pagesDone: 6, version: before + 6 });
      const versions = (await pagesSince(scene.api, scene.tenantId, id, before)).map(
        (page) => (page.version ?? 0) - before,
      );
      expect(versions).toEqual([1, 2, 3, 4, 5, 6]);
    }));

  test('a unit handed back in good order is as if it had not been claimed, but its old token is worth nothing', () =>
    inScene(version, async (scene) => {
      await submitOpened(scene, 1);
      const unit = await claim(scene);
      expect(await releaseUnit(scene.worker, unit)).toBe('waiting');
      await expect(savePage(scene.worker, unit, READ)).rejects.toMatchObject(lost);
      expect(await asOwner(scene.database, 'SELECT attempt, claims, reader_deaths, holder FROM units')).toEqual([
        { attempt: 0, claims: 0, reader_deaths: 0, holder: null },
      ]);
      expect(await claim(scene)).toMatchObject({ id: unit.id, attempt: 1 });
    }));

  test.each(['page_poisonous', 'page_timeout'] as const)('a page on which two readers died fails with %s', (code) =>
    inScene(version, async (scene) => {
      const id = await submitOpened(scene, 2);
      expect(await releaseUnit(scene.worker, await claim(scene), { readerDied: code })).toBe('waiting');
      const second = await claim(scene);
      expect(second).toMatchObject({ fileFrame: 0, attempt: 2 });
      expect(await releaseUnit(scene.worker, second, { readerDied: code })).toBe('failed');
      await readAll(scene);
      expect(await endOf(scene, id)).toEqual(['partial', 1, 1, null]);
      const { page } = await readPageRow(scene.api, scene.tenantId, id, 1);
      expect(page).toMatchObject({ status: 'failed', attempts: 2, error: { code, message: ERRORS[code].message } });
    }),
  );

  test('a file on which two readers died fails too', () =>
    inScene(version, async (scene) => {
      const id = await submit(scene);
      await releaseUnit(scene.worker, await claim(scene), { readerDied: 'page_poisonous' });
      expect(await releaseUnit(scene.worker, await claim(scene), { readerDied: 'page_poisonous' })).toBe('failed');
      expect(await endOf(scene, id)).toMatchObject(['failed', 0, 0, { code: 'page_poisonous' }]);
    }));
});

async function endOf(scene: Scene, jobId: string) {
  const { status, pagesDone, pagesFailed, error } = await pollJob(scene.api, scene.tenantId, jobId);
  return [status, pagesDone, pagesFailed, error];
}

async function numbersOf(scene: Scene): Promise<string[]> {
  const rows = await asOwner<{ file_index: number; frame: number; number: number | null }>(
    scene.database,
    'SELECT file_index, frame, number FROM pages ORDER BY file_index, frame',
  );
  return rows.map(({ file_index, frame, number }) => `${file_index}.${frame}=${number}`);
}
