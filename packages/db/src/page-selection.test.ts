import { expect, test } from '@jest/globals';
import { createJob, pollJob } from './jobs.ts';
import { failFile, saveOpenedFile, savePage } from './save.ts';
import { asOwner, claim, claimAll, inScene, newJob, onEachPostgres, READ, readAll, type Scene } from './test-jobs.ts';

async function submitSelecting(scene: Scene, pages: string, files = 1): Promise<string> {
  const job = newJob(scene.tenantId, { files });
  return (await createJob(scene.api, { ...job, options: { priority: 5, pages } })).id;
}

async function numbersOf(scene: Scene): Promise<string[]> {
  const rows = await asOwner<{ file_index: number; frame: number; number: number | null }>(
    scene.database,
    'SELECT file_index, frame, number FROM pages ORDER BY file_index, frame',
  );
  return rows.map(({ file_index, frame, number }) => `${file_index}.${frame}=${number}`);
}

onEachPostgres('options.pages', (version) => {
  test('of one file only the selected pages are made, with the numbers they have in it', () =>
    inScene(version, async (scene) => {
      const id = await submitSelecting(scene, '2-3,7');
      expect(await saveOpenedFile(scene.worker, await claim(scene), { frames: 9 })).toMatchObject({ waiting: 3 });
      expect(await numbersOf(scene)).toEqual(['0.1=2', '0.2=3', '0.6=7']);
      await readAll(scene);
      const job = await pollJob(scene.api, scene.tenantId, id);
      expect(job).toMatchObject({ status: 'completed', pagesTotal: 3, pagesDone: 3, files: [{ pages: 9 }] });
    }));

  test('over several files the numbers run on, and units are made once all files before are opened', () =>
    inScene(version, async (scene) => {
      const id = await submitSelecting(scene, '2, 4-5', 2);
      const [first, second] = await claimAll(scene, 2);
      expect(await saveOpenedFile(scene.worker, second!, { frames: 4 })).toMatchObject({ waiting: 0 });
      expect(await saveOpenedFile(scene.worker, first!, { frames: 3 })).toMatchObject({ waiting: 3 });
      expect(await numbersOf(scene)).toEqual(['0.1=2', '1.0=4', '1.1=5']);
      const units = await claimAll(scene, 3);
      expect(units.map(({ fileIndex, fileFrame }) => [fileIndex, fileFrame])).toEqual([
        [0, 1],
        [1, 0],
        [1, 1],
      ]);
      for (const unit of units) await savePage(scene.worker, unit, READ);
      expect(await pollJob(scene.api, scene.tenantId, id)).toMatchObject({ status: 'completed', pagesTotal: 3 });
    }));

  test('the selected pages of the first files wait for none behind them', () =>
    inScene(version, async (scene) => {
      const id = await submitSelecting(scene, '2, 4', 2);
      const [first, second] = await claimAll(scene, 2);
      expect(await saveOpenedFile(scene.worker, first!, { frames: 3 })).toMatchObject({ waiting: 1 });
      await savePage(scene.worker, await claim(scene), READ);
      expect(await pollJob(scene.api, scene.tenantId, id)).toMatchObject({ status: 'opening', pagesDone: 1 });
      expect(await saveOpenedFile(scene.worker, second!, { frames: 3 })).toMatchObject({ waiting: 1 });
      await readAll(scene);
      expect(await numbersOf(scene)).toEqual(['0.1=2', '1.0=4']);
      expect(await pollJob(scene.api, scene.tenantId, id)).toMatchObject({ status: 'completed', pagesTotal: 2 });
    }));

  test('a file that fails last sets the selected pages of the others free', () =>
    inScene(version, async (scene) => {
      const id = await submitSelecting(scene, '1', 2);
      const [first, second] = await claimAll(scene, 2);
      await saveOpenedFile(scene.worker, first!, { frames: 2 });
      const damaged = { code: 'file_undecodable', message: 'Damaged.', retryable: false } as const;
      expect(await failFile(scene.worker, second!, damaged)).toBe(0);
      await readAll(scene);
      expect(await pollJob(scene.api, scene.tenantId, id)).toMatchObject({ status: 'partial', pagesTotal: 1 });
    }));

  test('pages whose selection hung on a file that fails wait from then on', () =>
    inScene(version, async (scene) => {
      const id = await submitSelecting(scene, '2-9', 2);
      const [first, second] = await claimAll(scene, 2);
      expect(await saveOpenedFile(scene.worker, second!, { frames: 4 })).toMatchObject({ waiting: 0 });
      expect(await failFile(scene.worker, first!, { code: 'file_truncated', message: 'm', retryable: false })).toBe(3);
      await readAll(scene);
      expect(await numbersOf(scene)).toEqual(['1.1=2', '1.2=3', '1.3=4']);
      expect(await pollJob(scene.api, scene.tenantId, id)).toMatchObject({ status: 'partial', pagesTotal: 3 });
    }));

  test('a file that claims billions of pages costs no more than the pages that are selected', () =>
    inScene(version, async (scene) => {
      await submitSelecting(scene, '1-2');
      expect(await saveOpenedFile(scene.worker, await claim(scene), { frames: 2_000_000_000 })).toMatchObject({
        waiting: 2,
      });
      await asOwner(scene.database, 'TRUNCATE jobs CASCADE');

      await submitSelecting(scene, '1-2', 2);
      const [first] = await claimAll(scene, 2);
      const saved = saveOpenedFile(scene.worker, first!, { frames: 2_000_000_000 });
      await expect(saved).rejects.toMatchObject({ code: 'too_many_pages' });
      await asOwner(scene.database, 'TRUNCATE jobs CASCADE');

      await submitSelecting(scene, '1-2', 2);
      const [some, most] = await claimAll(scene, 2);
      await saveOpenedFile(scene.worker, some!, { frames: 3 });
      const added = saveOpenedFile(scene.worker, most!, { frames: 2 ** 31 - 1 });
      await expect(added).rejects.toMatchObject({ code: 'too_many_pages' });
    }));

  test('a job without any of the selected pages fails and says so', () =>
    inScene(version, async (scene) => {
      await submitSelecting(scene, '8-9');
      const unit = await claim(scene);
      await expect(saveOpenedFile(scene.worker, unit, { frames: 2 })).rejects.toMatchObject({ code: 'no_such_pages' });
      await asOwner(scene.database, 'TRUNCATE jobs CASCADE');

      const id = await submitSelecting(scene, '8-9', 2);
      for (const held of await claimAll(scene, 2)) await saveOpenedFile(scene.worker, held, { frames: 2 });
      const job = await pollJob(scene.api, scene.tenantId, id);
      expect(job).toMatchObject({ status: 'failed', pagesTotal: 0, error: { code: 'no_such_pages' } });
    }));
});
