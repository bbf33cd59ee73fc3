import { expect, test } from '@jest/globals';
import { workCounts } from './counts.ts';
import { reportRate } from './progress.ts';
import { asOwner, claim, inScene, onEachPostgres, submitOpened } from './test-jobs.ts';

const NOTHING = { waiting: 0, held: 0, oldestWaitingSeconds: 0 };

onEachPostgres('counts of work', (version) => {
  test('tell how many units wait, how many are in hand, and how long the oldest has waited', () =>
    inScene(version, async (scene) => {
      expect(await workCounts(scene.worker)).toEqual({
        read: NOTHING,
        understand: NOTHING,
        services: 0,
        readers: 0,
        pagesPerSecond: null,
      });
      await submitOpened(scene, 3);
      await claim(scene);
      await asOwner(scene.database, "UPDATE units SET queued_at = now() - interval '90 seconds'");
      const { read } = await workCounts(scene.worker);
      expect(read).toMatchObject({ waiting: 2, held: 1 });
      expect(read.oldestWaitingSeconds).toBeGreaterThanOrEqual(90);
      expect(read.oldestWaitingSeconds).toBeLessThan(600);
    }));

  test('take a process that has read nothing yet to be as fast as the others, and one that is silent for none', () =>
    inScene(version, async (scene) => {
      await reportRate(scene.worker, 'fresh', { readers: 2, pageMs: null });
      expect(await workCounts(scene.worker)).toMatchObject({ services: 1, readers: 2, pagesPerSecond: null });
      await reportRate(scene.worker, 'fast', { readers: 2, pageMs: 100 });
      await reportRate(scene.worker, 'slow', { readers: 4, pageMs: 400 });
      // 20 and 10 pages a second by six readers, and two more like them.
      expect((await workCounts(scene.worker)).pagesPerSecond).toBeCloseTo(40, 6);
      await asOwner(
        scene.database,
        "UPDATE workers SET seen_at = now() - interval '31 seconds' WHERE holder <> 'slow'",
      );
      const left = await workCounts(scene.worker);
      expect(left).toMatchObject({ services: 1, readers: 4 });
      expect(left.pagesPerSecond).toBeCloseTo(10, 6);
    }));
});
