import { expect, test } from '@jest/globals';
import { jobProgress, reportRate, withdrawRate } from './progress.ts';
import { savePage } from './save.ts';
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

const of = (scene: Scene, jobId: string) => jobProgress(scene.api, scene.tenantId, jobId);

onEachPostgres('progress', (version) => {
  test('is how many units are claimed before the next one of the job', () =>
    inScene(version, async (scene) => {
      const long = await submitOpened(scene, 50);
      const older = await submitOpened(scene, 3);
      const mine = await submitOpened(scene, 2);
      await submitOpened(scene, 2);
      expect(await of(scene, mine)).toEqual({ ahead: 2, etaSeconds: null });
      const claimed: string[] = [];
      while (claimed.at(-1) !== mine) claimed.push((await claim(scene)).jobId);
      expect(claimed).toEqual([long, older, mine]);
      expect(await of(scene, mine)).toMatchObject({ ahead: 0 });
    }));

  test('counts what is more urgent whole, and other tenants as often as their turns come', () =>
    inScene(version, async (scene) => {
      await submitOpened(scene, 4, { priority: 9 });
      const mine = await submitOpened(scene, 1);
      const other = await addTenant(scene.database);
      await submitOpened(scene, 3, { tenantId: other, priority: 0 });
      await submitOpened(scene, 70, { tenantId: await addTenant(scene.database) });
      expect(await of(scene, mine)).toMatchObject({ ahead: 4 + 3 + 5 });
    }));

  test('counts no further than 100, and then gives no estimate of time', () =>
    inScene(version, async (scene) => {
      await submitOpened(scene, 400, { priority: 9 });
      const mine = await submitOpened(scene, 1);
      await reportRate(scene.worker, 'ocr-1', { readers: 2, pageMs: 100 });
      expect(await of(scene, mine)).toEqual({ ahead: 100, etaSeconds: null });
    }));

  test('estimates the time from what the processes measured, in rounds of all their readers', () =>
    inScene(version, async (scene) => {
      const mine = await submitOpened(scene, 9);
      const waiting = await submit(scene);
      await savePage(scene.worker, await claim(scene), READ);
      expect(await of(scene, mine)).toEqual({ ahead: 0, etaSeconds: null });
      await reportRate(scene.worker, 'fresh', { readers: 2, pageMs: null });
      expect(await of(scene, mine)).toMatchObject({ etaSeconds: null });
      await reportRate(scene.worker, 'ocr-1', { readers: 2, pageMs: 900 });
      expect(await of(scene, mine)).toMatchObject({ etaSeconds: 4 });
      // 2 readers of 900 ms and 1 of 450 read as 3 readers of 675 ms would: 8 pages in 3 rounds.
      await reportRate(scene.worker, 'ocr-2', { readers: 1, pageMs: 450 });
      expect(await of(scene, mine)).toMatchObject({ etaSeconds: 3 });
      expect(await of(scene, waiting)).toEqual({ ahead: 1, etaSeconds: null });
      await withdrawRate(scene.worker, 'ocr-1');
      expect(await of(scene, mine)).toMatchObject({ etaSeconds: 4 });
    }));

  test('leaves out processes that are silent, which the sweep forgets', () =>
    inScene(version, async (scene) => {
      const mine = await submitOpened(scene, 1);
      await reportRate(scene.worker, 'dead', { readers: 2, pageMs: 900 });
      await reportRate(scene.worker, 'alive', { readers: 1, pageMs: 5_000 });
      await asOwner(scene.database, "UPDATE workers SET seen_at = now() - interval '31 seconds' WHERE holder = 'dead'");
      expect(await of(scene, mine)).toEqual({ ahead: 0, etaSeconds: 5 });
      await sweep(scene.worker, { countBells: async () => 1 });
      expect(await asOwner(scene.database, 'SELECT holder FROM workers')).toEqual([{ holder: 'alive' }]);
    }));

  test('is unknown of an ended job, of nobody’s, and of another tenant’s', () =>
    inScene(version, async (scene) => {
      const unknown = { ahead: null, etaSeconds: null };
      const id = await submitOpened(scene, 2);
      expect(await jobProgress(scene.api, await addTenant(scene.database), id)).toEqual(unknown);
      expect(await of(scene, newJob(scene.tenantId).id)).toEqual(unknown);
      await claimAll(scene, 1);
      expect(await of(scene, id)).toMatchObject({ ahead: 0 });
      await asOwner(scene.database, 'UPDATE units SET leased_until = NULL');
      await readAll(scene);
      expect(await of(scene, id)).toEqual(unknown);
    }));
});
