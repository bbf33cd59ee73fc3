import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { createJob, eraseJob } from './jobs.ts';
import { retryJob } from './retry.ts';
import { failPage, saveOpenedFile, savePage } from './save.ts';
import {
  addTenant,
  asOwner,
  claim,
  inScene,
  newJob,
  onEachPostgres,
  READ,
  readAll,
  type Scene,
  submit,
} from './test-jobs.ts';
import { claimUnderstanding, failUnderstanding, releaseUnderstanding } from './understandings.ts';
import { readUsage, rollUpUsage, type Usage } from './usage.ts';

const NOTHING: Omit<Usage, 'day' | 'keyId'> = {
  jobs: 0,
  jobsFailed: 0,
  files: 0,
  bytes: 0,
  pages: 0,
  pagesFailed: 0,
  pagesCached: 0,
  promptTokens: 0,
  completionTokens: 0,
};
const failure = { code: 'page_timeout', message: 'Too slow.', retryable: false } as const;

onEachPostgres('usage', (version) => {
  test('an ended job is counted once, and stays counted when it is erased', () =>
    inScene(version, async (scene) => {
      const keyId = randomUUID();
      const { id } = await createJob(scene.api, { ...newJob(scene.tenantId, { files: 2 }), terms: { keyId } });
      await readAll(scene, 3);
      const used = { ...NOTHING, jobs: 1, files: 2, bytes: 2_001, pages: 6 };
      expect(await inAll(scene)).toEqual({ day: null, keyId: null, ...used });
      expect(await usageOf(scene, { byDay: true, byKey: true })).toEqual([{ day: today(), keyId, ...used }]);
      expect(await rollUpUsage(scene.worker)).toBe(1);
      expect(await rollUpUsage(scene.worker)).toBe(0);
      expect(await inAll(scene)).toMatchObject(used);
      await eraseJob(scene.api, scene.tenantId, id);
      expect(await inAll(scene)).toMatchObject(used);
      expect(await usageOf(scene, { byKey: true }, await addTenant(scene.database))).toEqual([]);
    }));

  test('a retry counts what it changes, pages from the cache among the pages', () =>
    inScene(version, async (scene) => {
      const id = await submit(scene);
      await saveOpenedFile(scene.worker, await claim(scene), { frames: 2 });
      await failPage(scene.worker, await claim(scene), failure);
      await savePage(scene.worker, await claim(scene), { ...READ, stages: { cached: 1 } });
      expect(await inAll(scene)).toMatchObject({ jobs: 1, pages: 1, pagesFailed: 1, pagesCached: 1 });
      await retryJob(scene.api, scene.tenantId, id);
      await savePage(scene.worker, await claim(scene), READ);
      await rollUpUsage(scene.worker);
      expect(await inAll(scene)).toMatchObject({ jobs: 1, pages: 2, pagesFailed: 0, pagesCached: 1 });
    }));

  test('what was read of a job that is erased before its end is counted', () =>
    inScene(version, async (scene) => {
      const id = await submit(scene);
      await saveOpenedFile(scene.worker, await claim(scene), { frames: 5 });
      await savePage(scene.worker, await claim(scene), READ);
      expect(await usageOf(scene, {})).toEqual([]);
      await eraseJob(scene.api, scene.tenantId, id);
      expect(await inAll(scene)).toMatchObject({ jobs: 1, pages: 1, files: 1 });
    }));

  test('tokens of attempts that failed are counted with those of the last one', () =>
    inScene(version, async (scene) => {
      const understanding = { task: 'doc' as const, request: Buffer.from('sealed') };
      await createJob(scene.api, { ...newJob(scene.tenantId), understanding });
      await readAll(scene);
      const first = await claimUnderstanding(scene.worker, { holder: 'a test' });
      const usage = { prompt_tokens: 10, completion_tokens: 2 };
      await releaseUnderstanding(scene.worker, first!, { waitSeconds: 0, asIfUnclaimed: false, usage });
      const second = await claimUnderstanding(scene.worker, { holder: 'a test' });
      const unavailable = { code: 'llm_unavailable', message: 'Away.', retryable: true } as const;
      await failUnderstanding(scene.worker, second!, unavailable, { prompt_tokens: 7, completion_tokens: 0 });
      expect(await inAll(scene)).toMatchObject({ jobs: 1, pages: 1, promptTokens: 17, completionTokens: 2 });
    }));

  test('days add up by tenant and key, however they were rolled up', () =>
    inScene(version, async (scene) => {
      const keys = [randomUUID(), randomUUID()];
      for (const keyId of [keys[0], keys[1], keys[0], undefined]) {
        await createJob(scene.api, { ...newJob(scene.tenantId), terms: { keyId } });
        await readAll(scene);
        await Promise.all([rollUpUsage(scene.worker), rollUpUsage(scene.worker)]);
      }
      const byKey = await usageOf(scene, { byKey: true });
      expect(new Map(byKey.map(({ keyId, jobs, pages }) => [keyId, [jobs, pages]]))).toEqual(
        new Map<string | null | undefined, number[]>([
          [null, [1, 1]],
          [keys[0], [2, 2]],
          [keys[1], [1, 1]],
        ]),
      );
      expect(await inAll(scene)).toMatchObject({ jobs: 4 });
      const before = { from: '2020-01-01', to: today(), byDay: true, byKey: false };
      expect(await readUsage(scene.api, scene.tenantId, before)).toEqual([]);
    }));

  test('a tenant that goes with its jobs leaves no usage and stops at none', () =>
    inScene(version, async (scene) => {
      await submit(scene);
      await asOwner(scene.database, 'DELETE FROM tenants');
      expect(await asOwner(scene.database, 'SELECT FROM usage_entries')).toEqual([]);
    }));
});

function today(): string {
  return new Date().toISOString().slice(0, 10);
}

function usageOf(
  { api, tenantId }: Scene,
  { byDay = false, byKey = false }: { byDay?: boolean; byKey?: boolean },
  ofTenant = tenantId,
): Promise<Usage[]> {
  return readUsage(api, ofTenant, { from: '2020-01-01', to: '2999-01-01', byDay, byKey });
}

async function inAll(scene: Scene): Promise<Usage | undefined> {
  const [usage] = await usageOf(scene, {});
  return usage;
}
