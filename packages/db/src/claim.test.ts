import type { Unit } from '@docusnap/contracts';
import { expect, test } from '@jest/globals';
import { claimUnit, heldUnits, renewUnits } from './claim.ts';
import { eraseJob, pollJob } from './jobs.ts';
import { releaseUnit, saveOpenedFile, savePage } from './save.ts';
import { sweep } from './sweep.ts';
import {
  addTenant,
  asOwner,
  claim,
  claimAll,
  inScene,
  letLeasesRunOut,
  onEachPostgres,
  READ,
  readAll,
  type Scene,
  submit,
  submitOpened,
} from './test-jobs.ts';

/** What a reader gets that has just ended this unit. */
async function claimAfter(scene: Scene, { jobId }: Unit): Promise<Unit> {
  const unit = await claimUnit(scene.worker, { holder: 'a test', served: jobId });
  if (!unit) throw new Error('Nothing waits.');
  return unit;
}

const noBells = { countBells: async () => 0 };

onEachPostgres('claims', (version) => {
  test('nothing waits: null', () =>
    inScene(version, async (scene) => {
      expect(await claimUnit(scene.worker, { holder: 'a test' })).toBeNull();
    }));

  test('a claim tells all that the work needs, and is an attempt with a lease of 30 s', () =>
    inScene(version, async (scene) => {
      const id = await submit(scene, { priority: 3 });
      const unit = await claim(scene, 'ocr-1');
      expect(unit).toEqual({
        id: expect.any(String),
        kind: 'open',
        jobId: id,
        tenantId: scene.tenantId,
        fileIndex: 0,
        fileFrame: null,
        mediaType: 'application/pdf',
        options: { priority: 3 },
        key: { masterKeyId: 'k1', wrapped: expect.objectContaining({ length: 60 }) },
        token: expect.stringMatching(/^\d+$/),
        attempt: 1,
      });
      const [row] = await asOwner<{ holder: string; claims: number; lease: number }>(
        scene.database,
        `SELECT holder, claims, extract(epoch FROM leased_until - now())::float8 AS lease FROM units`,
      );
      expect(row).toMatchObject({ holder: 'ocr-1', claims: 1 });
      expect(row?.lease).toBeGreaterThan(5);
      expect(row?.lease).toBeLessThanOrEqual(30);
    }));

  test('pages of a job are read in order, older jobs first', () =>
    inScene(version, async (scene) => {
      const first = await submitOpened(scene, 2);
      const second = await submitOpened(scene, 2);
      const order: [string, number | null][] = [];
      for (let unit = await claim(scene); order.push([unit.jobId, unit.fileFrame]) < 4; unit = await claim(scene)) {
        await savePage(scene.worker, unit, READ);
      }
      expect(order).toEqual([
        [first, 0],
        [first, 1],
        [second, 0],
        [second, 1],
      ]);
    }));

  test('the job with the fewest units in hand goes before an older one', () =>
    inScene(version, async (scene) => {
      const big = await submitOpened(scene, 6);
      const small = await submitOpened(scene, 2);
      const late = await submitOpened(scene, 1);
      const jobs = (await claimAll(scene, 7)).map(({ jobId }) => jobId);
      expect(jobs).toEqual([big, small, late, big, small, big, big]);
    }));

  test('a higher priority goes first within a tenant, whatever else is in hand', () =>
    inScene(version, async (scene) => {
      const usual = await submitOpened(scene, 2);
      const urgent = await submitOpened(scene, 3, { priority: 9 });
      const patient = await submitOpened(scene, 1, { priority: 0 });
      const jobs = (await claimAll(scene, 6)).map(({ jobId }) => jobId);
      expect(jobs).toEqual([urgent, urgent, urgent, usual, usual, patient]);
    }));

  test('the tenant with the fewest units in hand goes first, whatever priority another one asks for', () =>
    inScene(version, async (scene) => {
      const loud = scene.tenantId;
      const quiet = await addTenant(scene.database);
      const third = await addTenant(scene.database);
      await submitOpened(scene, 5, { priority: 9 });
      await submitOpened(scene, 2, { tenantId: quiet, priority: 0 });
      await submitOpened(scene, 1, { tenantId: third });
      const tenants = (await claimAll(scene, 8)).map(({ tenantId }) => tenantId);
      expect(tenants).toEqual([loud, quiet, third, loud, quiet, loud, loud, loud]);
    }));

  test('a page submitted behind 1,000 of the same tenant is the next one read', () =>
    inScene(version, async (scene) => {
      const long = await submitOpened(scene, 1_000);
      const inHand = await claimAll(scene, 8);
      const short = await submit(scene);
      await savePage(scene.worker, inHand[0]!, READ);
      const file = await claim(scene);
      expect(file).toMatchObject({ jobId: short, kind: 'open' });
      const { next } = await saveOpenedFile(scene.worker, file, { frames: 1 }, { thenClaimFor: 'a test' });
      expect(next).toMatchObject({ jobId: short, kind: 'read' });
      expect(await claim(scene)).toMatchObject({ jobId: long });
    }));

  test('with one reader, a page submitted behind a long job is read after the page in hand, also of another tenant', () =>
    inScene(version, async (scene) => {
      const other = await addTenant(scene.database);
      for (const tenantId of [scene.tenantId, other]) {
        const long = await submitOpened(scene, 3);
        const page = await claim(scene);
        const short = await submit(scene, { tenantId });
        await savePage(scene.worker, page, READ);
        const file = await claimAfter(scene, page);
        expect(file).toMatchObject({ jobId: short, kind: 'open' });
        const { next } = await saveOpenedFile(scene.worker, file, { frames: 1 }, { thenClaimFor: 'a test' });
        expect(next).toMatchObject({ jobId: short, kind: 'read' });
        await savePage(scene.worker, next!, READ);
        for (let rest = 0; rest < 2; rest += 1) {
          const left = await claimAfter(scene, page);
          expect(left.jobId).toBe(long);
          await savePage(scene.worker, left, READ);
        }
      }
    }));

  test('with as many long jobs as readers, a later page has its turn before theirs', () =>
    inScene(version, async (scene) => {
      for (let long = 0; long < 2; long += 1) await submitOpened(scene, 12);
      const [one, two] = await claimAll(scene, 2);
      expect(one!.jobId).not.toBe(two!.jobId);
      const short = await submitOpened(scene, 1);
      await savePage(scene.worker, one!, READ);
      expect(await claimAfter(scene, one!)).toMatchObject({ jobId: short });
      await savePage(scene.worker, two!, READ);
      expect(await claimAfter(scene, two!)).toMatchObject({ jobId: one!.jobId });
    }));

  test('what is handed back counts as in hand no longer', () =>
    inScene(version, async (scene) => {
      const first = await submitOpened(scene, 2);
      await submitOpened(scene, 2);
      const held = await claim(scene);
      await claim(scene);
      await releaseUnit(scene.worker, held);
      const jobs = (await claimAll(scene, 2)).map(({ jobId }) => jobId);
      expect([held.jobId, ...jobs]).toEqual([first, first, first]);
    }));

  test('two workers share 500 pages: each is claimed and saved once', () =>
    inScene(version, async (scene) => {
      const id = await submitOpened(scene, 500);
      const shares = await Promise.all([readWhileThereIsAny(scene), readWhileThereIsAny(scene)]);
      const frames = shares.flat().map(({ fileFrame }) => fileFrame ?? -1);
      expect(frames.length).toBe(500);
      expect(new Set(frames).size).toBe(500);
      for (const share of shares) expect(share.length).toBeGreaterThan(50);
      expect(await pollJob(scene.api, scene.tenantId, id)).toMatchObject({ status: 'completed', pagesDone: 500 });
    }));

  test('many claims at once get a unit each while there are any', () =>
    inScene(version, async (scene) => {
      for (let job = 0; job < 3; job += 1) await submitOpened(scene, 3, { priority: job });
      const units = await Promise.all(Array.from({ length: 9 }, () => claim(scene)));
      expect(new Set(units.map(({ id }) => id)).size).toBe(9);
      expect(new Set(units.map(({ token }) => token)).size).toBe(9);
    }));

  test('a renewed lease is a full one again; what was lost is not renewed', () =>
    inScene(version, async (scene) => {
      await submitOpened(scene, 3);
      const units = await claimAll(scene, 3);
      const [kept, saved, foreign] = units as [Unit, Unit, Unit];
      await asOwner(scene.database, "UPDATE units SET leased_until = now() + interval '1 second'");
      await savePage(scene.worker, saved, READ);
      const asked = [kept, saved, { id: foreign.id, token: '999999' }];
      const leasedUntil = 'SELECT leased_until FROM units ORDER BY id';
      const before = await asOwner(scene.database, leasedUntil);
      expect(await heldUnits(scene.worker, asked)).toEqual(new Set([kept.id]));
      expect(await asOwner(scene.database, leasedUntil)).toEqual(before);
      expect(await renewUnits(scene.worker, asked)).toEqual(new Set([kept.id]));
      const rows = await asOwner<{ id: string; renewed: boolean }>(
        scene.database,
        "SELECT id, leased_until > now() + interval '20 seconds' AS renewed FROM units ORDER BY id",
      );
      expect(rows).toEqual([
        { id: kept.id, renewed: true },
        { id: foreign.id, renewed: false },
      ]);
      expect(await renewUnits(scene.worker, [])).toEqual(new Set());
    }));

  test('a holder that was paused past its lease takes it again when nobody claimed the unit, swept or not', () =>
    inScene(version, async (scene) => {
      await submitOpened(scene, 1);
      const unit = await claim(scene);
      await letLeasesRunOut(scene);
      expect(await renewUnits(scene.worker, [unit])).toEqual(new Set([unit.id]));
      expect(await claimUnit(scene.worker, { holder: 'another' })).toBeNull();
      await letLeasesRunOut(scene);
      await sweep(scene.worker, noBells);
      expect(await renewUnits(scene.worker, [unit])).toEqual(new Set([unit.id]));
      expect(await claimUnit(scene.worker, { holder: 'another' })).toBeNull();
    }));

  test('a holder that was paused until another claimed its unit has lost it', () =>
    inScene(version, async (scene) => {
      await submitOpened(scene, 1);
      const paused = await claim(scene, 'paused');
      await letLeasesRunOut(scene);
      await sweep(scene.worker, noBells);
      const next = await claim(scene, 'another');
      expect(next).toMatchObject({ id: paused.id, attempt: 2 });
      expect(next.token).not.toBe(paused.token);
      expect(await renewUnits(scene.worker, [paused, next])).toEqual(new Set([next.id]));
    }));

  test('a unit that is just being saved counts as held, and renewing does not wait for it', () =>
    inScene(version, async (scene) => {
      await submitOpened(scene, 1);
      const unit = await claim(scene);
      const saving = await scene.worker.pool.connect();
      await saving.query('BEGIN');
      await saving.query('SELECT 1 FROM units WHERE id = $1 FOR UPDATE', [unit.id]);
      expect(await renewUnits(scene.worker, [unit])).toEqual(new Set([unit.id]));
      await saving.query('ROLLBACK');
      saving.release();
    }));

  test('claiming from a job whose row is locked, by an erasing say, does not wait for it', () =>
    inScene(version, async (scene) => {
      const id = await submit(scene);
      const erasing = await scene.worker.pool.connect();
      await erasing.query('BEGIN');
      await erasing.query('SELECT 1 FROM jobs WHERE id = $1 FOR UPDATE', [id]);
      expect(await claim(scene)).toMatchObject({ jobId: id });
      await erasing.query('ROLLBACK');
      erasing.release();
      await eraseJob(scene.api, scene.tenantId, id);
      expect(await asOwner(scene.database, 'SELECT * FROM units')).toEqual([]);
    }));

  test('an empty queue after everything was read', () =>
    inScene(version, async (scene) => {
      await submit(scene, { files: 3 });
      await readAll(scene, 2);
      expect(await asOwner(scene.database, 'SELECT * FROM units')).toEqual([]);
    }));
});

async function readWhileThereIsAny(scene: Scene): Promise<Unit[]> {
  const units: Unit[] = [];
  for (;;) {
    const unit = await claimUnit(scene.worker, { holder: 'a test' });
    if (unit === null) return units;
    units.push(unit);
    await savePage(scene.worker, unit, READ);
  }
}
