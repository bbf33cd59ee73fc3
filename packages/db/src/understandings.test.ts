import { ATTEMPTS } from '@docusnap/contracts';
import { expect, test } from '@jest/globals';
import { createJob, pollJob } from './jobs.ts';
import { retryJob } from './retry.ts';
import { failPage, saveOpenedFile, savePage } from './save.ts';
import { sweep } from './sweep.ts';
import { addTenant, asOwner, claim, inScene, newJob, onEachPostgres, READ, readAll, type Scene } from './test-jobs.ts';
import {
  claimUnderstanding,
  failUnderstanding,
  readUnderstanding,
  releaseUnderstanding,
  renewUnderstandings,
  saveUnderstanding,
  understandJob,
} from './understandings.ts';

const REQUEST = { task: 'extract' as const, request: Buffer.from('sealed request') };
const DONE = { sealed: Buffer.from('sealed understanding'), usage: { prompt_tokens: 70, completion_tokens: 7 } };
const FAILURE = { code: 'llm_unavailable' as const, message: 'The model is away.', retryable: true };
const noBells = { countBells: async () => 0 };

const next = (scene: Scene) => claimUnderstanding(scene.worker, { holder: 'a test' });

async function submitAsking(
  scene: Scene,
  options: Parameters<typeof newJob>[1] & { tenantId?: string } = {},
): Promise<string> {
  const job = { ...newJob(options.tenantId ?? scene.tenantId, options), understanding: REQUEST };
  return (await createJob(scene.api, job)).id;
}

/** Submits a job whose page is read, so that it waits for the lane. */
async function submitRead(scene: Scene, options: Parameters<typeof submitAsking>[1] = {}): Promise<string> {
  const id = await submitAsking(scene, options);
  await readAll(scene);
  return id;
}

async function claimed(scene: Scene) {
  const unit = await next(scene);
  if (!unit) throw new Error('Nothing waits.');
  return unit;
}

onEachPostgres('understandings', (version) => {
  test('a job that asks for it is understood once its pages are read, and ends when that is saved', () =>
    inScene(version, async (scene) => {
      const id = await submitAsking(scene);
      expect(await pollJob(scene.api, scene.tenantId, id)).toMatchObject({
        understanding: { task: 'extract', status: 'waiting', error: null },
      });
      await saveOpenedFile(scene.worker, await claim(scene), { frames: 2 });
      expect(await next(scene)).toBeNull();
      expect(await savePage(scene.worker, await claim(scene), READ)).toEqual({ understands: false });
      expect(await savePage(scene.worker, await claim(scene), READ)).toEqual({ understands: true });
      const waiting = await pollJob(scene.api, scene.tenantId, id);
      expect(waiting).toMatchObject({
        status: 'understanding',
        finishedAt: null,
        pagesTotal: 2,
        understanding: { status: 'queued' },
      });
      const unit = await claimed(scene);
      expect(unit).toMatchObject({
        jobId: id,
        tenantId: scene.tenantId,
        task: 'extract',
        request: REQUEST.request,
        attempt: 1,
      });
      await saveUnderstanding(scene.worker, unit, DONE);
      const ended = await pollJob(scene.api, scene.tenantId, id);
      expect(ended).toMatchObject({ status: 'completed', error: null, understanding: { status: 'done', error: null } });
      expect(ended.finishedAt).not.toBeNull();
      expect(ended.version).toBeGreaterThan(waiting.version);
      expect(await readUnderstanding(scene.api, scene.tenantId, id)).toMatchObject({
        sealed: DONE.sealed,
        error: null,
      });
      expect(await next(scene)).toBeNull();
    }));

  test('a job without a request is not understood', () =>
    inScene(version, async (scene) => {
      const { id } = await createJob(scene.api, newJob(scene.tenantId));
      await readAll(scene);
      expect(await pollJob(scene.api, scene.tenantId, id)).toMatchObject({ status: 'completed', understanding: null });
      expect(await readUnderstanding(scene.api, scene.tenantId, id)).toBeNull();
    }));

  test('a job without files waits for the lane at once, and fails where there is nothing else to deliver', () =>
    inScene(version, async (scene) => {
      const fill = (): Promise<{ id: string }> =>
        createJob(scene.api, { ...newJob(scene.tenantId), files: [], understanding: { ...REQUEST, task: 'fill' } });
      const { id } = await fill();
      expect(await pollJob(scene.api, scene.tenantId, id)).toMatchObject({
        name: 'fill',
        status: 'understanding',
        pagesTotal: 0,
        files: [],
      });
      await failUnderstanding(scene.worker, await claimed(scene), FAILURE);
      const failed = await pollJob(scene.api, scene.tenantId, id);
      expect(failed).toMatchObject({
        status: 'failed',
        error: { code: 'llm_unavailable', message: 'The model is away.' },
      });
      const other = await fill();
      await saveUnderstanding(scene.worker, await claimed(scene), DONE);
      expect(await pollJob(scene.api, scene.tenantId, other.id)).toMatchObject({ status: 'completed' });
    }));

  test('what fails leaves the text: the job is partial and says why', () =>
    inScene(version, async (scene) => {
      const id = await submitRead(scene);
      await failUnderstanding(scene.worker, await claimed(scene), FAILURE);
      const job = await pollJob(scene.api, scene.tenantId, id);
      expect(job).toMatchObject({
        status: 'partial',
        error: null,
        understanding: { status: 'failed', error: { code: 'llm_unavailable' } },
      });
      expect((await readUnderstanding(scene.api, scene.tenantId, id))?.sealed).toBeNull();
    }));

  test('without a page that was read there is nothing to understand', () =>
    inScene(version, async (scene) => {
      const id = await submitAsking(scene);
      await saveOpenedFile(scene.worker, await claim(scene), { frames: 1 });
      await failPage(scene.worker, await claim(scene), {
        code: 'page_timeout',
        message: 'Too long.',
        retryable: false,
      });
      expect(await next(scene)).toBeNull();
      const job = await pollJob(scene.api, scene.tenantId, id);
      expect(job).toMatchObject({
        status: 'failed',
        error: { code: 'page_timeout' },
        understanding: { status: 'failed' },
      });
      await expect(understandJob(scene.api, scene.tenantId, id, REQUEST)).rejects.toMatchObject({
        code: 'nothing_to_understand',
      });
    }));

  test('some failed pages make the job partial, understood or not', () =>
    inScene(version, async (scene) => {
      const id = await submitAsking(scene);
      await saveOpenedFile(scene.worker, await claim(scene), { frames: 2 });
      await savePage(scene.worker, await claim(scene), READ);
      await failPage(scene.worker, await claim(scene), {
        code: 'page_timeout',
        message: 'Too long.',
        retryable: false,
      });
      await saveUnderstanding(scene.worker, await claimed(scene), DONE);
      expect(await pollJob(scene.api, scene.tenantId, id)).toMatchObject({
        status: 'partial',
        understanding: { status: 'done' },
      });
    }));

  test('something else may be asked of the pages of an ended job, and takes the place of what was understood', () =>
    inScene(version, async (scene) => {
      const { id } = await createJob(scene.api, newJob(scene.tenantId));
      await expect(understandJob(scene.api, scene.tenantId, id, REQUEST)).rejects.toMatchObject({
        code: 'job_still_running',
      });
      await readAll(scene);
      const other = await addTenant(scene.database);
      await expect(understandJob(scene.api, other, id, REQUEST)).rejects.toMatchObject({ code: 'job_not_found' });
      for (const task of ['extract', 'classify'] as const) {
        const asked = await understandJob(scene.api, scene.tenantId, id, { ...REQUEST, task });
        expect(asked).toMatchObject({
          status: 'understanding',
          finishedAt: null,
          understanding: { task, status: 'queued' },
        });
        await saveUnderstanding(scene.worker, await claimed(scene), DONE);
      }
      const tokens = await asOwner(scene.database, 'SELECT prompt_tokens, completion_tokens FROM understandings');
      expect(tokens).toEqual([{ prompt_tokens: 140, completion_tokens: 14 }]);
    }));

  test('of two holders only the last one saves', () =>
    inScene(version, async (scene) => {
      await submitRead(scene);
      const first = await claimed(scene);
      expect(await renewUnderstandings(scene.worker, [first])).toEqual(new Set([first.jobId]));
      await asOwner(scene.database, "UPDATE understandings SET leased_until = now() - interval '1 s'");
      expect(await sweep(scene.worker, noBells)).toMatchObject({ released: 1, toRing: { read: 0, understand: 1 } });
      const second = await claimed(scene);
      expect(second.attempt).toBe(2);
      expect(await renewUnderstandings(scene.worker, [first, second])).toEqual(new Set([second.jobId]));
      for (const late of [
        saveUnderstanding(scene.worker, first, DONE),
        failUnderstanding(scene.worker, first, FAILURE),
      ]) {
        await expect(late).rejects.toMatchObject({ code: 'lease_lost' });
      }
      await saveUnderstanding(scene.worker, second, DONE);
      await expect(saveUnderstanding(scene.worker, second, DONE)).rejects.toMatchObject({ code: 'lease_lost' });
    }));

  test('what is handed back is claimed again after its wait, and not before', () =>
    inScene(version, async (scene) => {
      await submitRead(scene);
      await releaseUnderstanding(scene.worker, await claimed(scene), { waitSeconds: 60, asIfUnclaimed: false });
      expect(await next(scene)).toBeNull();
      expect(await sweep(scene.worker, noBells)).toMatchObject({ toRing: { understand: 0 } });
      await asOwner(scene.database, 'UPDATE understandings SET not_before = now()');
      const again = await claimed(scene);
      expect(again.attempt).toBe(2);
      await releaseUnderstanding(scene.worker, again, { waitSeconds: 0, asIfUnclaimed: true });
      expect((await claimed(scene)).attempt).toBe(2);
    }));

  test('one that is lost with its process too often fails, and its job ends', () =>
    inScene(version, async (scene) => {
      const id = await submitRead(scene);
      for (let lost = 0; lost < ATTEMPTS.claims; lost += 1) {
        await claimed(scene);
        await asOwner(scene.database, "UPDATE understandings SET leased_until = now() - interval '1 s'");
        await sweep(scene.worker, noBells);
      }
      expect(await next(scene)).toBeNull();
      const job = await pollJob(scene.api, scene.tenantId, id);
      expect(job).toMatchObject({
        status: 'partial',
        understanding: { status: 'failed', error: { code: 'attempts_exhausted' } },
      });
    }));

  test('tenants have their turns, however urgent and many the jobs of one are; within one the more urgent goes first, then the oldest', () =>
    inScene(version, async (scene) => {
      const other = await addTenant(scene.database);
      const mine = [await submitRead(scene), await submitRead(scene)];
      const theirs = await submitRead(scene, { tenantId: other });
      const urgent = await submitRead(scene, { priority: 9 });
      const order = [await claimed(scene), await claimed(scene), await claimed(scene), await claimed(scene)].map(
        ({ jobId }) => jobId,
      );
      expect(order).toEqual([theirs, urgent, mine[0], mine[1]]);
    }));

  test('claims at the same moment get different jobs', () =>
    inScene(version, async (scene) => {
      const ids = [await submitRead(scene), await submitRead(scene), await submitRead(scene)];
      const got = await Promise.all([next(scene), next(scene), next(scene), next(scene)]);
      expect(new Set(got.map((unit) => unit?.jobId))).toEqual(new Set([...ids, undefined]));
    }));

  test('a retry that reads no more pages leaves what was understood, one that does has it understood again', () =>
    inScene(version, async (scene) => {
      const id = await submitAsking(scene);
      await saveOpenedFile(scene.worker, await claim(scene), { frames: 2 });
      await savePage(scene.worker, await claim(scene), READ);
      const failure = { code: 'page_timeout' as const, message: 'Too long.', retryable: false };
      await failPage(scene.worker, await claim(scene), failure);
      await saveUnderstanding(scene.worker, await claimed(scene), DONE);
      await retryJob(scene.api, scene.tenantId, id);
      await failPage(scene.worker, await claim(scene), failure);
      expect(await pollJob(scene.api, scene.tenantId, id)).toMatchObject({
        status: 'partial',
        understanding: { status: 'done' },
      });
      await retryJob(scene.api, scene.tenantId, id);
      expect(await savePage(scene.worker, await claim(scene), READ)).toEqual({ understands: true });
      await failUnderstanding(scene.worker, await claimed(scene), FAILURE);
      expect((await readUnderstanding(scene.api, scene.tenantId, id))?.sealed).toEqual(DONE.sealed);
    }));

  test('where only the understanding failed, a retry tries that again', () =>
    inScene(version, async (scene) => {
      const id = await submitRead(scene);
      await failUnderstanding(scene.worker, await claimed(scene), FAILURE);
      const { job, waiting } = await retryJob(scene.api, scene.tenantId, id);
      expect(waiting).toBe(0);
      expect(job).toMatchObject({ status: 'understanding', understanding: { status: 'queued', error: null } });
      await saveUnderstanding(scene.worker, await claimed(scene), DONE);
      expect(await pollJob(scene.api, scene.tenantId, id)).toMatchObject({ status: 'completed' });
      await expect(retryJob(scene.api, scene.tenantId, id)).rejects.toMatchObject({ code: 'nothing_to_retry' });
    }));

  test('another tenant sees nothing of it', () =>
    inScene(version, async (scene) => {
      const id = await submitRead(scene);
      await saveUnderstanding(scene.worker, await claimed(scene), DONE);
      expect(await readUnderstanding(scene.api, await addTenant(scene.database), id)).toBeNull();
    }));
});
