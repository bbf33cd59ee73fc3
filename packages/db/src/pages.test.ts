import { expect, test } from '@jest/globals';
import { eraseJob } from './jobs.ts';
import { jobKey, pagesSince, readPageRow, streamPages } from './pages.ts';
import { failFile, saveOpenedFile, savePage } from './save.ts';
import {
  addTenant,
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

onEachPostgres('pages', (version) => {
  test('a page is read by its number with the key of its job; one that is not done has no text', () =>
    inScene(version, async (scene) => {
      const id = await submitOpened(scene, 2);
      await savePage(scene.worker, await claim(scene), READ);
      const done = await readPageRow(scene.api, scene.tenantId, id, 1);
      expect(done.sealed).toEqual(READ.sealed);
      expect(done.key.masterKeyId).toBe('k1');
      expect(done.key).toEqual(await jobKey(scene.api, scene.tenantId, id));
      expect(await readPageRow(scene.api, scene.tenantId, id, 2)).toMatchObject({
        sealed: null,
        page: { number: 2, status: 'queued', version: null },
      });
    }));

  test('there are no pages of unknown jobs, of other tenants, and beyond the last', () =>
    inScene(version, async (scene) => {
      const { api, tenantId } = scene;
      const id = await submitOpened(scene, 1);
      const stranger = await addTenant(scene.database);
      const nobody = newJob(tenantId).id;
      const noJob = { code: 'job_not_found' };
      await expect(readPageRow(api, tenantId, nobody, 1)).rejects.toMatchObject(noJob);
      await expect(readPageRow(api, stranger, id, 1)).rejects.toMatchObject(noJob);
      await expect(jobKey(api, stranger, id)).rejects.toMatchObject(noJob);
      await expect(collect(streamPages(api, stranger, id))).rejects.toMatchObject(noJob);
      expect(await pagesSince(api, stranger, id, 0)).toEqual([]);
      await expect(readPageRow(api, tenantId, id, 2)).rejects.toMatchObject({ code: 'page_not_found' });
      await expect(readPageRow(api, tenantId, id, 0)).rejects.toMatchObject({ code: 'page_not_found' });
    }));

  test('a job that is erased while its pages are gone through does not look like a shorter one', () =>
    inScene(version, async (scene) => {
      const { api, tenantId } = scene;
      const id = await submitOpened(scene, 51);
      const pages = streamPages(api, tenantId, id);
      // One round trip's worth.
      for (let page = 0; page < 50; page += 1) expect((await pages.next()).done).toBe(false);
      await eraseJob(api, tenantId, id);
      await expect(pages.next()).rejects.toMatchObject({ code: 'job_not_found' });
    }));

  test('pages have numbers, and can be asked for, once all files before theirs are opened', () =>
    inScene(version, async (scene) => {
      const id = await submit(scene, { files: 2 });
      const [first, second] = await claimAll(scene, 2);
      await saveOpenedFile(scene.worker, second!, { frames: 1 });
      await expect(readPageRow(scene.api, scene.tenantId, id, 1)).rejects.toMatchObject({ code: 'page_not_ready' });
      await saveOpenedFile(scene.worker, first!, { frames: 2 });
      expect(await readPageRow(scene.api, scene.tenantId, id, 3)).toMatchObject({ page: { fileIndex: 1 } });

      const other = await submit(scene, { files: 3 });
      const [one, two, three] = (await claimAll(scene, 6)).filter(({ jobId }) => jobId === other);
      await saveOpenedFile(scene.worker, one!, { frames: 2 });
      expect(await readPageRow(scene.api, scene.tenantId, other, 2)).toMatchObject({ page: { fileFrame: 1 } });
      await expect(readPageRow(scene.api, scene.tenantId, other, 3)).rejects.toMatchObject({ code: 'page_not_ready' });
      await saveOpenedFile(scene.worker, three!, { frames: 1 });
      await expect(readPageRow(scene.api, scene.tenantId, other, 3)).rejects.toMatchObject({ code: 'page_not_ready' });
      await failFile(scene.worker, two!, { code: 'file_truncated', message: 'm', retryable: false });
      expect(await readPageRow(scene.api, scene.tenantId, other, 3)).toMatchObject({ page: { fileIndex: 2 } });
    }));

  test('all pages stream in order, over several files and more than one batch', () =>
    inScene(version, async (scene) => {
      const id = await submit(scene, { files: 3 });
      const [first, second, third] = await claimAll(scene, 3);
      await saveOpenedFile(scene.worker, first!, { frames: 60 });
      await failFile(scene.worker, second!, { code: 'file_truncated', message: 'm', retryable: false });
      await saveOpenedFile(scene.worker, third!, { frames: 61 });
      await readAll(scene);
      const pages = await collect(streamPages(scene.api, scene.tenantId, id));
      expect(pages.map(({ page }) => page.number)).toEqual(Array.from({ length: 121 }, (_, index) => index + 1));
      expect(pages.every(({ sealed }) => sealed?.equals(READ.sealed))).toBe(true);
    }));

  test('a job without pages streams none', () =>
    inScene(version, async (scene) => {
      expect(await collect(streamPages(scene.api, scene.tenantId, await submit(scene)))).toEqual([]);
    }));

  test('pages that ended since a version come in the order in which they ended', () =>
    inScene(version, async (scene) => {
      const id = await submitOpened(scene, 3);
      const [first, second, third] = await claimAll(scene, 3);
      await savePage(scene.worker, third!, READ);
      await savePage(scene.worker, first!, READ);
      const ended = await pagesSince(scene.api, scene.tenantId, id, 0);
      expect(ended.map(({ fileFrame }) => fileFrame)).toEqual([2, 0]);
      await savePage(scene.worker, second!, READ);
      const later = await pagesSince(scene.api, scene.tenantId, id, ended[1]?.version ?? 0);
      expect(later.map(({ fileFrame }) => fileFrame)).toEqual([1]);
    }));
});

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const collected: Item[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}
