import { expect, test } from '@jest/globals';
import { findCachedUnderstanding, rememberUnderstanding } from './cache.ts';
import { inScene, onEachPostgres, readAll, type Scene, submit } from './test-jobs.ts';
import { claimUnderstanding, saveUnderstanding, understandJob } from './understandings.ts';

const SAVED = [Buffer.from('first answer'), Buffer.from('second answer')] as const;
const KEYS = [Buffer.from('first key'), Buffer.from('second key')] as const;

async function understood(scene: Scene, id: string, sealed: Uint8Array): Promise<void> {
  await understandJob(scene.api, scene.tenantId, id, { task: 'classify', request: Buffer.from('a question') });
  const unit = await claimUnderstanding(scene.worker, { holder: 'a test' });
  await saveUnderstanding(scene.worker, unit!, { sealed, usage: { prompt_tokens: 1, completion_tokens: 1 } });
}

onEachPostgres('what was understood before', (version) => {
  test('an answer is not found by the question before it, whose asker was late to remember it', () =>
    inScene(version, async (scene) => {
      const id = await submit(scene);
      await readAll(scene);
      for (const sealed of SAVED) await understood(scene, id, sealed);
      const remember = (which: 0 | 1) =>
        rememberUnderstanding(scene.worker, { jobId: id, sealed: SAVED[which] }, KEYS[which]);
      await remember(0);
      expect(await findCachedUnderstanding(scene.worker, id, KEYS[0])).toBeNull();
      await remember(1);
      await remember(0);
      expect(await findCachedUnderstanding(scene.worker, id, KEYS[1])).toMatchObject({ jobId: id, sealed: SAVED[1] });
    }));
});
