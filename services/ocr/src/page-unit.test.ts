import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { blobKeyOf } from '@docusnap/contracts';
import { jobProgress, readPageRow, retryJob } from '@docusnap/db';
import { describeNeeding } from '@docusnap/testing';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { type Replica, startReplica } from './rehearsal/replica.ts';
import { openStage, type Stage } from './rehearsal/stage.ts';

describeNeeding(null, 'the page as the unit', () => {
  let stage: Stage;
  let replica: Replica;
  beforeAll(async () => {
    stage = await openStage('postgres');
  });
  afterEach(() => replica.stop());
  afterAll(() => stage.close());

  const pageOf = async (jobId: string, number: number) =>
    (await readPageRow(stage.api, stage.tenantId, jobId, number)).page;
  const retry = async (jobId: string) => {
    const { waiting } = await retryJob(stage.api, stage.tenantId, jobId);
    await stage.queue.ring('read', waiting, { jobId });
  };

  test('a page that failed is read again on demand, and no other page is', async () => {
    replica = await startReplica(stage);
    const marker = join(stage.blobFolder, 'marker-retry');
    const jobId = await stage.submit([{ frames: 40, undecodableOnce: [17], marker }]);
    const ended = await stage.ended(jobId);
    expect(ended).toMatchObject({ status: 'partial', pagesTotal: 40, pagesDone: 39, pagesFailed: 1 });
    const failed = await pageOf(jobId, 18);
    expect(failed).toMatchObject({ status: 'failed', attempts: 1, error: { code: 'file_undecodable' } });
    expect(failed.stages?.total).toBeGreaterThan(0);
    const read = await replica.reaches('docusnap_pages_read_total', 39);
    await retry(jobId);
    expect(await stage.ended(jobId)).toMatchObject({ status: 'completed', pagesDone: 40, pagesFailed: 0 });
    expect(await pageOf(jobId, 18)).toMatchObject({ status: 'done', attempts: 2, error: null });
    expect(await replica.reaches('docusnap_pages_read_total', read + 1)).toBe(40);
    for (const number of [1, 17, 19, 40]) expect((await pageOf(jobId, number)).attempts).toBe(1);
  });

  test('the file of a poisonous page is kept, and the page may be tried again', async () => {
    replica = await startReplica(stage);
    const jobId = await stage.submit([{ frames: 2, die: [0] }]);
    for (let round = 1; round <= 2; round += 1) {
      expect(await stage.ended(jobId)).toMatchObject({ status: 'partial', pagesDone: 1, pagesFailed: 1 });
      const page = await pageOf(jobId, 1);
      expect(page).toMatchObject({ attempts: 2 * round, error: { code: 'page_poisonous' } });
      expect(page.stages?.total).toBeGreaterThan(0);
      expect(existsSync(join(stage.blobFolder, blobKeyOf(jobId, 0)))).toBe(true);
      if (round === 1) await retry(jobId);
    }
  });

  test('a page that was read says how long that took, from handing it to a reader', async () => {
    replica = await startReplica(stage);
    const jobId = await stage.submit([{ frames: 1, holdMs: 60 }]);
    await stage.ended(jobId);
    const { stages } = await pageOf(jobId, 1);
    expect(stages?.total).toBeGreaterThanOrEqual(59);
    // A time, not a point in time.
    expect(stages?.total).toBeLessThan(600_000);
  });

  test('a one-page job behind 1,000 pages of the same tenant is read next', async () => {
    // The one reader has the first page in hand when the other job comes, and never ends the second.
    replica = await startReplica(stage, { OCR_READERS: '1' });
    const marker = join(stage.blobFolder, 'marker-next');
    const long = await stage.submit([{ frames: 1_000, holdUntil: marker, stall: [1] }]);
    const held = "SELECT 1 FROM units WHERE job_id = $1 AND kind = 'read' AND leased_until IS NOT NULL";
    while ((await stage.sql(held, [long])).length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    const short = await stage.submit([{ frames: 1 }]);
    await writeFile(marker, '');
    expect(await stage.ended(short)).toMatchObject({ status: 'completed', pagesDone: 1 });
    expect(await stage.poll(long)).toMatchObject({ pagesTotal: 1_000, pagesDone: 1 });
    await stage.sql('DELETE FROM jobs WHERE id = $1', [long]);
  });

  test('the process says how many readers it has and how fast they read, and withdraws it when it stops', async () => {
    replica = await startReplica(stage, { OCR_READERS: '2' });
    const rates = () => stage.sql<{ readers: number; page_ms: number | null }>('SELECT readers, page_ms FROM workers');
    while ((await rates()).length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(await rates()).toEqual([{ readers: 2, page_ms: null }]);
    const jobId = await stage.submit([{ frames: 2_000, holdMs: 50 }]);
    while ((await rates())[0]?.page_ms == null) await new Promise((resolve) => setTimeout(resolve, 50));
    expect((await rates())[0]?.page_ms).toBeGreaterThanOrEqual(50);
    const { ahead, etaSeconds } = await jobProgress(stage.api, stage.tenantId, jobId);
    expect(ahead).toBe(0);
    expect(etaSeconds).toBeGreaterThan(0);
    await replica.stop();
    expect(await rates()).toEqual([]);
  });
});
