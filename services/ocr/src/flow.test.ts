import { existsSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { jobContext, openBytes, pageContext, parseMasterKeys, unwrapDataKey } from '@docusnap/blobs';
import { blobKeyOf, PageText } from '@docusnap/contracts';
import { claimUnit, readPageRow, savePage, sweep } from '@docusnap/db';
import { describeNeeding, undocumented } from '@docusnap/testing';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { SCRIPTED_PAGE } from './rehearsal/reader-script.ts';
import { type Replica, startReplica } from './rehearsal/replica.ts';
import { openStage, type Stage } from './rehearsal/stage.ts';

for (const kind of ['postgres', 'redis'] as const) {
  describeNeeding(kind === 'redis' ? 'redis-server' : null, `with the queue on ${kind}`, () => {
    let stage: Stage;
    let replicas: Replica[] = [];
    beforeAll(async () => {
      stage = await openStage(kind);
    });
    afterEach(async () => {
      await Promise.all(replicas.map((replica) => replica.stop()));
      replicas = [];
    });
    afterAll(() => stage.close());

    const start = async (settings?: Record<string, string>) => {
      const replica = await startReplica(stage, settings);
      replicas.push(replica);
      return replica;
    };

    test('files are opened, their pages read and sealed, and the job completes', async () => {
      const replica = await start();
      const jobId = await stage.submit([{ frames: 3 }, { frames: 2 }]);
      const job = await stage.ended(jobId);
      expect(job).toMatchObject({ status: 'completed', pagesTotal: 5, pagesDone: 5, pagesFailed: 0 });
      const { page, sealed, key } = await readPageRow(stage.api, stage.tenantId, jobId, 4);
      expect(page).toMatchObject({ number: 4, fileIndex: 1, fileFrame: 0, status: 'done', attempts: 1 });
      expect(page.stages).toMatchObject({ read: 1 });
      const dataKey = unwrapDataKey(parseMasterKeys(stage.environment.MASTER_KEY!), key, jobContext(jobId));
      const opened = await openBytes(dataKey, pageContext(jobId, 1, 0), sealed ?? Buffer.alloc(0));
      expect(PageText.parse(JSON.parse(opened.toString()))).toEqual(SCRIPTED_PAGE);
      expect(await replica.reaches('docusnap_files_opened_total', 2)).toBe(2);
      expect(await replica.reaches('docusnap_pages_read_total', 5)).toBe(5);
      expect(await replica.reaches('docusnap_stage_seconds_count', 7, { stage: 'store' })).toBe(7);
      expect(await replica.metric('docusnap_reader_busy_seconds_total')).toBeGreaterThan(0);
      expect(undocumented(await replica.scrape(), 'ocr')).toEqual([]);
    });

    test('two replicas share 250 pages, and each page is saved once', async () => {
      const [first, second] = [await start(), await start()];
      const job = await stage.ended(await stage.submit([{ frames: 250, holdMs: 5 }]));
      expect(job).toMatchObject({ status: 'completed', pagesDone: 250 });
      const countsOf = () => Promise.all(replicas.map((replica) => replica.metric('docusnap_pages_read_total')));
      const sum = (counts: number[]) => counts.reduce((total, count) => total + count, 0);
      // A page is counted just after it is saved.
      let counts = await countsOf();
      while (sum(counts) < 250) counts = await countsOf();
      expect(sum(counts)).toBe(250);
      expect(Math.min(...counts)).toBeGreaterThan(10);
      expect(await first.metric('docusnap_unit_failures_total')).toBe(0);
      expect(await second.metric('docusnap_unit_failures_total')).toBe(0);
    });

    test('bells rung too often change nothing', async () => {
      const replica = await start();
      const job = await stage.ended(await stage.submit([{ frames: 3 }], { bells: 20 }));
      expect(job).toMatchObject({ status: 'completed', pagesDone: 3 });
      expect(await replica.reaches('docusnap_pages_read_total', 3)).toBe(3);
    });

    test('bells that were never rung are rung by the sweep', async () => {
      await start();
      while ((await stage.queue.countBells('read')) > 0) await new Promise((resolve) => setTimeout(resolve, 10));
      const job = await stage.ended(await stage.submit([{ frames: 1 }], { bells: 0 }));
      expect(job.status).toBe('completed');
    });

    test('a reader that dies on a page costs one attempt of that page', async () => {
      const replica = await start();
      const marker = join(stage.blobFolder, `marker-${kind}`);
      const jobId = await stage.submit([{ frames: 3, dieOnce: [1], marker }]);
      expect(await stage.ended(jobId)).toMatchObject({ status: 'completed', pagesDone: 3 });
      expect(existsSync(marker)).toBe(true);
      const { page } = await readPageRow(stage.api, stage.tenantId, jobId, 2);
      expect(page.attempts).toBe(2);
      expect(await replica.reaches('docusnap_unit_failures_total', 1, { verdict: 'death', code: 'reader_died' })).toBe(
        1,
      );
      expect(await replica.reaches('docusnap_reader_recycles_total', 1, { reason: 'died' })).toBe(1);
    });
  });
}

describeNeeding('redis-server', 'when Redis loses everything', () => {
  test('units whose bells were lost between submit and read are rung for by the sweep', async () => {
    const stage = await openStage('redis');
    const jobId = await stage.submit([{ frames: 5 }]);
    await stage.redis?.flush();
    const replica = await startReplica(stage);
    expect(await stage.ended(jobId)).toMatchObject({ status: 'completed', pagesDone: 5 });
    await replica.stop();
    await stage.close();
  });
});

describeNeeding(null, 'what goes wrong with a unit', () => {
  let stage: Stage;
  let replica: Replica;
  beforeAll(async () => {
    stage = await openStage('postgres');
  });
  afterEach(() => replica.stop());
  afterAll(() => stage.close());

  const start = async (settings?: Record<string, string>) => {
    replica = await startReplica(stage, settings);
  };
  const pageOf = async (jobId: string, number: number) =>
    (await readPageRow(stage.api, stage.tenantId, jobId, number)).page;
  /** Resolves once the job's page is in the hands of a worker. */
  const untilHeld = async (jobId: string) => {
    const held = "SELECT id FROM units WHERE job_id = $1 AND kind = 'read' AND leased_until IS NOT NULL";
    while ((await stage.sql(held, [jobId])).length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  };
  const expire = (jobId: string) =>
    stage.sql(
      "UPDATE units SET leased_until = now() - interval '1 second' WHERE job_id = $1 AND leased_until IS NOT NULL",
      [jobId],
    );
  const sweepNow = () => sweep(stage.worker, { countBells: async () => 0 });

  test('a page that kills two readers is set aside as page_poisonous, and the queue goes on', async () => {
    await start();
    const jobId = await stage.submit([{ frames: 4, die: [1] }]);
    expect(await stage.ended(jobId)).toMatchObject({ status: 'partial', pagesDone: 3, pagesFailed: 1 });
    expect(await pageOf(jobId, 2)).toMatchObject({ status: 'failed', attempts: 2, error: { code: 'page_poisonous' } });
    expect((await stage.ended(await stage.submit([{ frames: 2 }]))).status).toBe('completed');
  });

  test('a page that takes two readers too long is set aside as page_timeout', async () => {
    await start({ PAGE_TIMEOUT_SECONDS: '3' });
    const jobId = await stage.submit([{ frames: 2, stall: [0] }]);
    expect(await stage.ended(jobId)).toMatchObject({ status: 'partial', pagesDone: 1 });
    expect(await pageOf(jobId, 1)).toMatchObject({ status: 'failed', attempts: 2, error: { code: 'page_timeout' } });
  });

  test('a page on which two readers throw what nobody expected is set aside, and those readers are replaced', async () => {
    await start();
    const jobId = await stage.submit([{ frames: 2, surprise: [0] }]);
    expect(await stage.ended(jobId)).toMatchObject({ status: 'partial', pagesDone: 1 });
    expect(await pageOf(jobId, 1)).toMatchObject({ attempts: 2, error: { code: 'page_poisonous' } });
    expect(await replica.reaches('docusnap_reader_recycles_total', 2, { reason: 'broken' })).toBe(2);
  });

  test('a page that cannot be decoded fails at its first attempt', async () => {
    await start();
    const jobId = await stage.submit([{ frames: 1, undecodable: [0] }]);
    expect(await stage.ended(jobId)).toMatchObject({ status: 'failed', error: { code: 'file_undecodable' } });
    expect(await pageOf(jobId, 1)).toMatchObject({
      attempts: 1,
      error: { message: expect.stringContaining('scripted') },
    });
    expect(await replica.reaches('docusnap_unit_failures_total', 1, { verdict: 'document' })).toBe(1);
  });

  test('a file with more pages than a job may have fails as too_many_pages', async () => {
    await start();
    const job = await stage.ended(await stage.submit([{ frames: 10_001 }]));
    expect(job).toMatchObject({ status: 'failed', error: { code: 'too_many_pages' } });
    expect(job.files[0]).toMatchObject({ status: 'failed', error: { code: 'too_many_pages' } });
  });

  test('recycling readers after every second page loses nothing', async () => {
    await start({ READER_MAX_PAGES: '2' });
    const job = await stage.ended(await stage.submit([{ frames: 40, holdMs: 50 }]));
    expect(job).toMatchObject({ status: 'completed', pagesDone: 40 });
    expect(await replica.reaches('docusnap_reader_recycles_total', 2, { reason: 'pages' })).toBeGreaterThan(1);
    expect(await replica.metric('docusnap_unit_failures_total')).toBe(0);
  });

  test('a file that is out of reach costs no reader and no attempt of its own: it is tried again after its lease', async () => {
    await start();
    const aside = join(stage.blobFolder, 'aside');
    const jobId = await stage.submit([{ frames: 1 }], { bells: 0 });
    const path = join(stage.blobFolder, blobKeyOf(jobId, 0));
    await rename(path, aside);
    await stage.queue.ring('read', 1, { jobId });
    await replica.reaches('docusnap_unit_failures_total', 1, { verdict: 'passing', code: 'blob_missing' });
    const [unit] = await stage.sql<{ reader_deaths: number; held: boolean }>(
      'SELECT reader_deaths, leased_until IS NOT NULL AS held FROM units WHERE job_id = $1',
      [jobId],
    );
    expect(unit).toEqual({ reader_deaths: 0, held: true });
    await rename(aside, path);
    await expire(jobId);
    await sweepNow();
    await stage.queue.ring('read', 1, { jobId });
    expect(await stage.ended(jobId)).toMatchObject({ status: 'completed', pagesDone: 1 });
  });

  test('what an expired holder saves late is dropped once another has claimed the unit', async () => {
    await start({ OCR_READERS: '1' });
    const marker = join(stage.blobFolder, 'marker-late');
    const jobId = await stage.submit([{ frames: 1, holdUntil: marker }]);
    await untilHeld(jobId);
    await expire(jobId);
    await sweepNow();
    const other = await claimUnit(stage.worker, { holder: 'another' });
    expect(other).toMatchObject({ jobId, kind: 'read', attempt: 2 });
    await writeFile(marker, '');
    await replica.reaches('docusnap_unit_failures_total', 1, { verdict: 'lost', code: 'lease_lost' });
    expect(await stage.poll(jobId)).toMatchObject({ status: 'reading', pagesDone: 0 });
    await savePage(stage.worker, other!, { sealed: Buffer.from('the other reading'), stages: {} });
    expect(await stage.ended(jobId)).toMatchObject({ status: 'completed', pagesDone: 1 });
    const { sealed } = await readPageRow(stage.api, stage.tenantId, jobId, 1);
    expect(sealed?.toString()).toBe('the other reading');
  });

  test('what an expired holder saves before anyone else claims the unit is kept', async () => {
    await start({ OCR_READERS: '1' });
    const jobId = await stage.submit([{ frames: 1, holdMs: 300 }]);
    await untilHeld(jobId);
    await expire(jobId);
    expect(await stage.ended(jobId)).toMatchObject({ status: 'completed', pagesDone: 1 });
  });

  test('stopping gives pages in hand their time to end', async () => {
    await start({ OCR_READERS: '1' });
    const jobId = await stage.submit([{ frames: 1, holdMs: 500 }]);
    await untilHeld(jobId);
    await replica.stop();
    expect(await stage.poll(jobId)).toMatchObject({ status: 'completed', pagesDone: 1 });
  });

  test('what is not done when the time to stop is over is handed back unharmed, and read elsewhere at once', async () => {
    await start({ OCR_READERS: '1', STOP_GRACE_SECONDS: '0.1' });
    const marker = join(stage.blobFolder, 'marker-stop');
    const jobId = await stage.submit([{ frames: 1, holdOnceMs: 60_000, marker }]);
    await untilHeld(jobId);
    while (!existsSync(marker)) await new Promise((resolve) => setTimeout(resolve, 10));
    await replica.stop();
    const [unit] = await stage.sql('SELECT attempt, claims, reader_deaths, leased_until FROM units WHERE job_id = $1', [
      jobId,
    ]);
    expect(unit).toEqual({ attempt: 0, claims: 0, reader_deaths: 0, leased_until: null });
    expect(await stage.queue.countBells('read')).toBeGreaterThanOrEqual(1);
    await start();
    expect(await stage.ended(jobId)).toMatchObject({ status: 'completed', pagesDone: 1 });
    expect(await pageOf(jobId, 1)).toMatchObject({ attempts: 1 });
  });
});
