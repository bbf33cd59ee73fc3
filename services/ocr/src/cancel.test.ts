import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { cancelJob, eraseJob, readPageRow } from '@docusnap/db';
import { describeNeeding } from '@docusnap/testing';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { type Replica, startReplica } from './rehearsal/replica.ts';
import { openStage, type Stage } from './rehearsal/stage.ts';

/** Readers that were ended although their page would have ended, at which it is the code's fault and not the machine's. */
const MOST_LOST = 3;

describeNeeding(null, 'a job that is stopped while a reader has a page of it in hand', () => {
  let stage: Stage;
  let replica: Replica;
  beforeAll(async () => {
    stage = await openStage('postgres');
  });
  afterEach(() => replica.stop());
  afterAll(() => stage.close());

  const untilHeld = async (jobId: string) => {
    const held = "SELECT 1 FROM units WHERE job_id = $1 AND kind = 'read' AND leased_until IS NOT NULL";
    while ((await stage.sql(held, [jobId])).length === 0) await delay(5);
  };
  const recycled = () => replica.metric('docusnap_reader_recycles_total');

  test('the reader of a page that would end by itself is kept, and free once it has', async () => {
    replica = await startReplica(stage, { OCR_READERS: '1' });
    let read = 0;
    let lost = 0;
    do {
      // Again where it was not: a busy machine may take longer for the end of its page than for the start of another reader.
      lost = await recycled();
      expect(lost).toBeLessThan(MOST_LOST);
      const jobId = await stage.submit([{ frames: 20, holdMs: 60 }]);
      await untilHeld(jobId);
      await cancelJob(stage.api, stage.tenantId, jobId);
      const next = await stage.ended(await stage.submit([{ frames: 1 }]));
      expect(next.status).toBe('completed');
      const job = await stage.poll(jobId);
      expect(job).toMatchObject({ status: 'cancelled', error: { code: 'job_cancelled' }, pagesTotal: 20 });
      expect(job.pagesDone + job.pagesFailed).toBe(20);
      read += job.pagesDone + 1;
      expect(await replica.reaches('docusnap_pages_read_total', read)).toBe(read);
    } while ((await recycled()) > lost);
    expect(await replica.metric('docusnap_unit_failures_total', { verdict: 'death' })).toBe(0);
  });

  test('the reader of a page that would take for ever is ended, and another reads the next job long before', async () => {
    replica = await startReplica(stage, { OCR_READERS: '1' });
    const jobId = await stage.submit([{ frames: 3, stall: [1] }]);
    await stage.until(jobId, ({ pagesDone }) => pagesDone === 1);
    await untilHeld(jobId);
    const started = performance.now();
    await cancelJob(stage.api, stage.tenantId, jobId);
    const next = await stage.ended(await stage.submit([{ frames: 1 }]));
    expect(next.status).toBe('completed');
    // Less than the 120 s that a page may take; `npm run bench:cancel` times it.
    expect(performance.now() - started).toBeLessThan(80_000);
    expect(await stage.poll(jobId)).toMatchObject({ status: 'cancelled', pagesDone: 1, pagesFailed: 2 });
    const { page, sealed } = await readPageRow(stage.api, stage.tenantId, jobId, 1);
    expect([page.status, sealed !== null]).toEqual(['done', true]);
    expect(await replica.metric('docusnap_unit_failures_total', { verdict: 'death' })).toBe(0);
    expect(await replica.reaches('docusnap_unit_failures_total', 1, { verdict: 'lost' })).toBe(1);
  });

  test('erasing frees it as cancelling does', async () => {
    replica = await startReplica(stage, { OCR_READERS: '1' });
    const jobId = await stage.submit([{ frames: 1, stall: [0] }]);
    await untilHeld(jobId);
    await eraseJob(stage.api, stage.tenantId, jobId);
    expect((await stage.ended(await stage.submit([{ frames: 1 }]))).status).toBe('completed');
  });

  test('a job of another is not disturbed', async () => {
    replica = await startReplica(stage, { OCR_READERS: '2' });
    const marker = join(stage.blobFolder, 'marker-kept');
    const [kept, stopped] = [
      await stage.submit([{ frames: 4, holdUntil: marker }]),
      await stage.submit([{ frames: 2, stall: [0, 1] }]),
    ];
    await untilHeld(kept);
    await untilHeld(stopped);
    await cancelJob(stage.api, stage.tenantId, stopped);
    await writeFile(marker, '');
    expect(await stage.ended(kept)).toMatchObject({ status: 'completed', pagesDone: 4 });
    const attempts = await stage.sql<{ attempts: number }>('SELECT attempts FROM pages WHERE job_id = $1', [kept]);
    expect(attempts.map((page) => page.attempts)).toEqual([1, 1, 1, 1]);
  });
});
