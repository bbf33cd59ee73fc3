import { expect, test } from '@jest/globals';
import { finishErasure, finishErasures, readErasure, takeErasures } from './erasures.ts';
import { createJob, eraseJob, pollJob } from './jobs.ts';
import { markRenditions } from './renditions.ts';
import { expireJobs, fillExpiries, keepJobsFor, takeTurn, withoutJob } from './retention.ts';
import { retryJob } from './retry.ts';
import { failPage, savePage } from './save.ts';
import {
  addTenant,
  asOwner,
  claim,
  inScene as inAnyScene,
  newJob,
  onEachPostgres,
  READ,
  readAll,
  type Scene,
  submit,
  submitOpened,
} from './test-jobs.ts';
import { understandJob } from './understandings.ts';

const DAY = 86_400;
const WEEK = 7 * DAY;
const ALL = { jobs: 1_000, pages: 1_000_000 };

/** Erasures outlive their jobs and tenants, so they are emptied apart. */
async function inScene(version: 15 | 18, play: (scene: Scene) => Promise<void>): Promise<void> {
  await inAnyScene(version, async (scene) => {
    await asOwner(scene.database, 'TRUNCATE erasures, erasure_receipts, turns');
    await keepJobsFor(scene.worker, { seconds: WEEK });
    await play(scene);
  });
}

/** Seconds from its end to its expiry; null where it has none. */
async function keptFor({ database }: Scene, id: string): Promise<number | null> {
  const [row] = await asOwner<{ kept: number | null }>(
    database,
    'SELECT extract(epoch FROM expires_at - finished_at)::float8 AS kept FROM jobs WHERE id = $1',
    [id],
  );
  return row!.kept;
}

async function ended(scene: Scene, pages = 1): Promise<string> {
  const id = await submitOpened(scene, pages);
  await readAll(scene);
  return id;
}

function pass({ database }: Scene, interval: string): Promise<unknown> {
  return asOwner(
    database,
    `UPDATE jobs SET expires_at = expires_at - interval '${interval}', finished_at = finished_at - interval '${interval}'`,
  );
}

function passForErasures({ database }: Scene, interval: string): Promise<unknown> {
  return asOwner(
    database,
    `UPDATE erasures SET erased_at = erased_at - interval '${interval}', due_at = due_at - interval '${interval}'`,
  );
}

async function jobCount({ database }: Scene): Promise<number> {
  const [row] = await asOwner<{ count: string }>(database, 'SELECT count(*) FROM jobs');
  return Number(row!.count);
}

onEachPostgres('retention', (version) => {
  test('a job is kept for a week after its end, or as long as its tenant, or the job itself, says', () =>
    inScene(version, async (scene) => {
      expect(await keptFor(scene, await ended(scene))).toBe(WEEK);
      await keepJobsFor(scene.worker, { seconds: 2 * DAY });
      expect(await keptFor(scene, await ended(scene))).toBe(2 * DAY);
      await asOwner(scene.database, `UPDATE tenants SET limits = '{"retention_seconds": 3600}'`);
      expect(await keptFor(scene, await ended(scene))).toBe(3_600);
      const job = { ...newJob(scene.tenantId), terms: { retentionSeconds: 60 } };
      await createJob(scene.api, job);
      expect(await keptFor(scene, job.id)).toBeNull();
      await readAll(scene);
      expect(await keptFor(scene, job.id)).toBe(60);
    }));

  test('a job that runs again does not expire meanwhile', () =>
    inScene(version, async (scene) => {
      const id = await submitOpened(scene, 2);
      await savePage(scene.worker, await claim(scene), READ);
      const failure = { code: 'page_timeout' as const, message: 'Too long.', retryable: false };
      await failPage(scene.worker, await claim(scene), failure);
      await pass(scene, '8 days');
      await retryJob(scene.api, scene.tenantId, id);
      expect(await keptFor(scene, id)).toBeNull();
      expect(await expireJobs(scene.worker, ALL)).toBe(0);
      await readAll(scene);
      expect(await keptFor(scene, id)).toBe(WEEK);

      const other = await ended(scene);
      await pass(scene, '8 days');
      await understandJob(scene.api, scene.tenantId, other, { task: 'doc', request: Buffer.from('sealed') });
      expect(await expireJobs(scene.worker, ALL)).toBe(1);
      expect(await pollJob(scene.api, scene.tenantId, other)).toMatchObject({ status: 'understanding' });
    }));

  test('only jobs whose time is up are erased, the oldest first, and no more at a time than asked', () =>
    inScene(version, async (scene) => {
      const running = await submit(scene);
      await asOwner(scene.database, 'UPDATE units SET leased_until = now()');
      const [first, second, third] = [await ended(scene, 3), await ended(scene, 3), await ended(scene, 1)];
      expect(await expireJobs(scene.worker, ALL)).toBe(0);
      await pass(scene, '8 days');
      const fresh = await ended(scene);
      expect(await expireJobs(scene.worker, { jobs: 10, pages: 4 })).toBe(2);
      expect(new Set(await withoutJob(scene.worker, [first!, second!, third!]))).toEqual(new Set([first, second]));
      expect(await expireJobs(scene.worker, { jobs: 1, pages: 1 })).toBe(1);
      expect(await expireJobs(scene.worker, ALL)).toBe(0);
      expect(await withoutJob(scene.worker, [third!, fresh, running])).toEqual([third]);
      expect(await readErasure(scene.api, scene.tenantId, first!)).toMatchObject({
        reason: 'expiry',
        keyId: null,
        pages: 3,
      });
    }));

  test('several processes erase at a time without waiting for one another, and no job twice', () =>
    inScene(version, async (scene) => {
      for (let jobs = 0; jobs < 40; jobs += 1) await submit(scene);
      await readAll(scene);
      await pass(scene, '8 days');
      const erased = await Promise.all(
        Array.from({ length: 4 }, async () => {
          let mine = 0;
          for (;;) {
            const batch = await expireJobs(scene.worker, { jobs: 5, pages: 100 });
            if (batch === 0) return mine;
            mine += batch;
          }
        }),
      );
      expect(erased.reduce((sum, count) => sum + count, 0)).toBe(40);
      expect(await jobCount(scene)).toBe(0);
    }));

  test('a job that somebody holds is left for later', () =>
    inScene(version, async (scene) => {
      const id = await ended(scene);
      await pass(scene, '8 days');
      const client = await scene.worker.pool.connect();
      await client.query('BEGIN');
      await client.query('SELECT 1 FROM jobs WHERE id = $1 FOR NO KEY UPDATE', [id]);
      expect(await expireJobs(scene.worker, ALL)).toBe(0);
      await client.query('ROLLBACK');
      client.release();
      expect(await expireJobs(scene.worker, ALL)).toBe(1);
    }));

  test('jobs that ended before there were expiries are kept as long from now on', () =>
    inScene(version, async (scene) => {
      const id = await ended(scene);
      await submit(scene);
      await asOwner(
        scene.database,
        "UPDATE jobs SET expires_at = NULL, finished_at = finished_at - interval '1 year' WHERE id = $1",
        [id],
      );
      // The trigger has seen another end: take it back.
      await asOwner(scene.database, 'UPDATE jobs SET expires_at = NULL');
      expect(await fillExpiries(scene.worker, { most: 10 })).toBe(1);
      expect(await fillExpiries(scene.worker, { most: 10 })).toBe(0);
      expect(await expireJobs(scene.worker, ALL)).toBe(0);
      await pass(scene, '8 days');
      expect(await expireJobs(scene.worker, ALL)).toBe(1);
    }));

  test('a turn is taken by one, and by the next when its time has passed', () =>
    inScene(version, async ({ worker, database }) => {
      const turns = await Promise.all([1, 2, 3].map(() => takeTurn(worker, 'a chore', { everySeconds: 3_000 })));
      expect(turns.filter((taken) => taken)).toHaveLength(1);
      expect(await takeTurn(worker, 'another', { everySeconds: 3_000 })).toBe(true);
      await asOwner(database, "UPDATE turns SET taken_at = now() - interval '1 hour'");
      expect(await takeTurn(worker, 'a chore', { everySeconds: 3_000 })).toBe(true);
    }));
});

onEachPostgres('an erasure', (version) => {
  test('says what there was, which key asked, and when the last of it was gone', () =>
    inScene(version, async (scene) => {
      const id = await submitOpened(scene, 3);
      const page = await claim(scene);
      await savePage(scene.worker, page, READ);
      await markRenditions(scene.worker, page, 'made');
      await savePage(scene.worker, await claim(scene), READ);
      const keyId = newJob(scene.tenantId).id;
      const before = Date.now() - 1_000;
      await eraseJob(scene.api, scene.tenantId, id, { keyId });
      const erasure = await readErasure(scene.api, scene.tenantId, id);
      expect(erasure).toEqual({
        jobId: id,
        reason: 'request',
        keyId,
        files: 1,
        bytes: 1_000,
        pages: 3,
        texts: 2,
        extractions: 0,
        picturedPages: 1,
        erasedAt: expect.any(Date),
        goneAt: null,
      });
      expect(erasure.erasedAt.getTime()).toBeGreaterThan(before);

      // A reader had a page of it in hand.
      await finishErasure(scene.api, scene.tenantId, id);
      expect(await readErasure(scene.api, scene.tenantId, id)).toEqual(erasure);
      expect(await takeErasures(scene.worker, { most: 10 })).toEqual([]);
      await passForErasures(scene, '301 seconds');
      expect(await takeErasures(scene.worker, { most: 10 })).toEqual([id]);
      await finishErasures(scene.worker, [id]);
      const receipt = await readErasure(scene.api, scene.tenantId, id);
      expect(receipt).toEqual({ ...erasure, erasedAt: expect.any(Date), goneAt: expect.any(Date) });
      expect(await asOwner(scene.database, 'SELECT * FROM erasures')).toEqual([]);
    }));

  test('of a job that ended some time ago is done at once', () =>
    inScene(version, async (scene) => {
      const id = await ended(scene);
      await pass(scene, '11 minutes');
      await eraseJob(scene.api, scene.tenantId, id);
      await finishErasure(scene.api, scene.tenantId, id);
      const { erasedAt, goneAt } = await readErasure(scene.api, scene.tenantId, id);
      expect(goneAt!.getTime()).toBeGreaterThanOrEqual(erasedAt.getTime());
    }));

  test('is seen to by somebody else when the process that was asked died, and again when that one died too', () =>
    inScene(version, async (scene) => {
      const id = await submit(scene);
      await eraseJob(scene.api, scene.tenantId, id);
      expect(await takeErasures(scene.worker, { most: 10 })).toEqual([]);
      await passForErasures(scene, '31 seconds');
      const taken = await Promise.all([1, 2].map(() => takeErasures(scene.worker, { most: 10 })));
      expect(taken.flat()).toEqual([id]);
      await passForErasures(scene, '61 seconds');
      expect(await takeErasures(scene.worker, { most: 10 })).toEqual([id]);
    }));

  test("is nobody else's to read or to finish", () =>
    inScene(version, async (scene) => {
      const stranger = await addTenant(scene.database);
      const id = await ended(scene);
      await pass(scene, '11 minutes');
      await expect(readErasure(scene.api, scene.tenantId, id)).rejects.toMatchObject({ code: 'erasure_not_found' });
      await eraseJob(scene.api, scene.tenantId, id);
      await expect(readErasure(scene.api, stranger, id)).rejects.toMatchObject({ code: 'erasure_not_found' });
      await finishErasure(scene.api, stranger, id);
      expect(await readErasure(scene.api, scene.tenantId, id)).toMatchObject({ goneAt: null });
      await finishErasure(scene.api, scene.tenantId, id);
      await expect(readErasure(scene.api, stranger, id)).rejects.toMatchObject({ code: 'erasure_not_found' });
    }));

  test('is left by jobs that go with their tenant too', () =>
    inScene(version, async (scene) => {
      const [id] = [await ended(scene), await submit(scene)];
      await asOwner(scene.database, `SELECT set_config('docusnap.erased_for', 'tenant', false)`);
      await asOwner(scene.database, 'DELETE FROM tenants WHERE id = $1', [scene.tenantId]);
      const left = await asOwner(scene.database, 'SELECT job_id, tenant_id FROM erasures ORDER BY erased_at, job_id');
      expect(left).toHaveLength(2);
      expect(left).toContainEqual({ job_id: id, tenant_id: scene.tenantId });
    }));

  test('leaves the id of the job in no other table', () =>
    inScene(version, async (scene) => {
      const id = await submitOpened(scene, 2);
      await savePage(scene.worker, await claim(scene), READ);
      await claim(scene);
      expect((await tablesWith(scene, id)).length).toBeGreaterThan(4);
      await eraseJob(scene.api, scene.tenantId, id);
      expect(await tablesWith(scene, id)).toEqual(['erasures']);
      await passForErasures(scene, '1 hour');
      await finishErasures(scene.worker, [id]);
      expect(await tablesWith(scene, id)).toEqual(['erasure_receipts']);
    }));
});

/** Every table that holds this id anywhere in a row. */
async function tablesWith({ database }: Scene, id: string): Promise<string[]> {
  const tables = await asOwner<{ name: string }>(
    database,
    "SELECT relname AS name FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition AND relnamespace = 'public'::regnamespace ORDER BY 1",
  );
  const found: string[] = [];
  for (const { name } of tables) {
    const rows = await asOwner(database, `SELECT 1 FROM ${name} t WHERE t::text LIKE '%' || $1 || '%' LIMIT 1`, [id]);
    if (rows.length > 0) found.push(name);
  }
  return found;
}
