import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { claimUnitMarking } from './claim.ts';
import { eraseJob } from './jobs.ts';
import { readPageImageRow } from './renditions.ts';
import { savePage } from './save.ts';
import { claim, inScene, onEachPostgres, READ, submitOpened } from './test-jobs.ts';

const HOLDER = { holder: 'a test' };

onEachPostgres('a claim with marks', (version) => {
  test('keeps what became of images, never undoes what was made, and tells which jobs are gone', () =>
    inScene(version, async (scene) => {
      const [id, erased] = [await submitOpened(scene, 3), randomUUID()];
      const outcomeOf = async (number: number) =>
        (await readPageImageRow(scene.api, scene.tenantId, id, number)).renditions;
      const first = await claim(scene);
      await savePage(scene.worker, first, READ);
      const lost = { jobId: erased, fileIndex: 0, fileFrame: 0 };
      const { unit: second, gone } = await claimUnitMarking(scene.worker, HOLDER, [
        { page: first, outcome: 'made' },
        { page: lost, outcome: 'made' },
      ]);
      expect(second).toMatchObject({ jobId: id, kind: 'read', fileFrame: 1, attempt: 1, options: {} });
      expect(gone).toEqual([erased]);
      expect([await outcomeOf(1), await outcomeOf(2)]).toEqual(['made', null]);
      const { unit: third } = await claimUnitMarking(scene.worker, HOLDER, [
        { page: first, outcome: 'failed' },
        { page: second!, outcome: 'failed' },
      ]);
      expect(third).toMatchObject({ fileFrame: 2 });
      expect([await outcomeOf(1), await outcomeOf(2)]).toEqual(['made', 'failed']);
    }));

  test('keeps them where nothing waits to be claimed, too', () =>
    inScene(version, async (scene) => {
      const id = await submitOpened(scene, 1);
      const page = await claim(scene);
      await savePage(scene.worker, page, READ);
      expect(await claimUnitMarking(scene.worker, HOLDER, [{ page, outcome: 'made' }])).toEqual({
        unit: null,
        gone: [],
      });
      expect((await readPageImageRow(scene.api, scene.tenantId, id, 1)).renditions).toBe('made');
      await eraseJob(scene.api, scene.tenantId, id);
      expect((await claimUnitMarking(scene.worker, HOLDER, [{ page, outcome: 'made' }])).gone).toEqual([id]);
    }));
});
