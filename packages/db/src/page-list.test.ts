import { expect, test } from '@jest/globals';
import { listPages, type PageFilter } from './page-list.ts';
import { failPage, saveOpenedFile, savePage } from './save.ts';
import {
  addTenant,
  claim,
  claimAll,
  inScene,
  newJob,
  onEachPostgres,
  READ,
  type Scene,
  submit,
  submitOpened,
} from './test-jobs.ts';

const list = (scene: Scene, id: string, filter: PageFilter) => listPages(scene.api, scene.tenantId, id, filter);

onEachPostgres('the list of pages', (version) => {
  test('finds the failed ones among many, part by part', () =>
    inScene(version, async (scene) => {
      const id = await submitOpened(scene, 30);
      for (const [index, unit] of (await claimAll(scene, 30)).entries()) {
        if (index % 10 === 4)
          await failPage(scene.worker, unit, { code: 'page_timeout', message: 'm', retryable: false }, { total: 9 });
        else if (index !== 29) await savePage(scene.worker, unit, READ);
      }
      const first = await list(scene, id, { status: 'failed', limit: 2 });
      expect(first).toMatchObject({ status: 'reading', pagesTotal: 30, pagesDone: 26, pagesFailed: 3 });
      expect(first.pages.map(({ number }) => number)).toEqual([5, 15]);
      expect(first.pages[0]).toMatchObject({ status: 'failed', error: { code: 'page_timeout' }, stages: { total: 9 } });
      const second = await list(scene, id, { status: 'failed', limit: 2, after: first.next! });
      expect(second).toMatchObject({ pages: [{ number: 25 }], next: null });
      expect((await list(scene, id, { status: 'queued', limit: 10 })).pages).toMatchObject([{ number: 30 }]);
    }));

  test('shows pages of any status, those without a number yet in their places', () =>
    inScene(version, async (scene) => {
      const id = await submit(scene, { files: 3 });
      expect(await list(scene, id, { limit: 10 })).toMatchObject({ pagesTotal: null, pages: [], next: null });
      const [first, , third] = await claimAll(scene, 3);
      await saveOpenedFile(scene.worker, third!, { frames: 1 });
      await saveOpenedFile(scene.worker, first!, { frames: 2 });
      await savePage(scene.worker, await claim(scene), READ);
      const { pages, next } = await list(scene, id, { limit: 3 });
      expect(pages.map((page) => [page.fileIndex, page.fileFrame, page.number])).toEqual([
        [0, 0, 1],
        [0, 1, 2],
        [2, 0, null],
      ]);
      expect(next).toBeNull();
    }));

  test('is of one’s own jobs only', () =>
    inScene(version, async (scene) => {
      const id = await submitOpened(scene, 1);
      const notFound = { code: 'job_not_found' };
      const stranger = await addTenant(scene.database);
      await expect(listPages(scene.api, stranger, id, { limit: 1 })).rejects.toMatchObject(notFound);
      await expect(list(scene, newJob(scene.tenantId).id, { limit: 1 })).rejects.toMatchObject(notFound);
    }));
});
