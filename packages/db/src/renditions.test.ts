import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { claimUnitMarking } from './claim.ts';
import { transaction } from './connection.ts';
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
      const {
        unit: second,
        gone,
        busy,
      } = await claimUnitMarking(scene.worker, HOLDER, [
        { page: first, outcome: 'made' },
        { page: lost, outcome: 'made' },
      ]);
      expect(second).toMatchObject({ jobId: id, kind: 'read', fileFrame: 1, attempt: 1, options: {} });
      expect([gone, busy]).toEqual([[erased], []]);
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
        busy: [],
      });
      expect((await readPageImageRow(scene.api, scene.tenantId, id, 1)).renditions).toBe('made');
      await eraseJob(scene.api, scene.tenantId, id);
      expect((await claimUnitMarking(scene.worker, HOLDER, [{ page, outcome: 'made' }])).gone).toEqual([id]);
    }));

  test('waits for no page that somebody has in hand, such as an erasing of its job, and gives its mark back', () =>
    inScene(version, async (scene) => {
      const id = await submitOpened(scene, 3);
      const [first, second] = [await claim(scene), await claim(scene)];
      await savePage(scene.worker, first, READ);
      await savePage(scene.worker, second, READ);
      const marks = [first, second].map((page) => ({ page, outcome: 'made' as const }));
      const claimed = await transaction(scene.worker, async (other) => {
        await other.query('SELECT FROM pages WHERE job_id = $1 AND frame = 0 FOR UPDATE', [id]);
        return claimUnitMarking(scene.worker, HOLDER, marks);
      });
      expect(claimed).toMatchObject({ unit: { fileFrame: 2 }, gone: [], busy: [marks[0]] });
      const outcomes = [1, 2].map(
        async (number) => (await readPageImageRow(scene.api, scene.tenantId, id, number)).renditions,
      );
      expect(await Promise.all(outcomes)).toEqual([null, 'made']);
    }));
});
