import { ATTEMPTS } from '@docusnap/contracts';
import { expect, test } from '@jest/globals';
import { workCounts } from './counts.ts';
import { pollJob } from './jobs.ts';
import { readPageRow } from './pages.ts';
import { retryJob } from './retry.ts';
import { sweep } from './sweep.ts';
import {
  asOwner,
  claim,
  claimAll,
  inScene,
  letLeasesRunOut,
  onEachPostgres,
  readAll,
  type Scene,
  submit,
  submitOpened,
} from './test-jobs.ts';

const ringing = (read: number) => ({ read, understand: 0 });
const bells = (count: number) => ({ countBells: async () => count });

onEachPostgres('the sweep', (version) => {
  test('makes units whose lease ran out claimable again, and leaves the others', () =>
    inScene(version, async (scene) => {
      await submitOpened(scene, 3);
      const [dead] = await claimAll(scene, 2);
      await asOwner(scene.database, 'UPDATE units SET leased_until = now() WHERE id = $1', [dead!.id]);
      expect(await sweep(scene.worker, bells(0))).toEqual({ released: 1, exhausted: 0, toRing: ringing(2) });
      expect(await workCounts(scene.worker)).toMatchObject({ read: { waiting: 2, held: 1 } });
      expect(await claim(scene)).toMatchObject({ id: dead!.id, attempt: 2 });
    }));

  test('is done once for all processes that ask within its turn', () =>
    inScene(version, async (scene) => {
      const turn = () => sweep(scene.worker, { ...bells(0), everySeconds: 60 });
      await asOwner(scene.database, "DELETE FROM turns WHERE name = 'sweep'");
      expect(await turn()).toEqual({ released: 0, exhausted: 0, toRing: ringing(0) });
      expect(await turn()).toBeNull();
      await asOwner(
        scene.database,
        "UPDATE turns SET taken_at = taken_at - interval '61 seconds' WHERE name = 'sweep'",
        [],
      );
      expect(await turn()).not.toBeNull();
    }));

  test.each([
    [0, 3],
    [2, 1],
    [3, 0],
    [9, 0],
  ])('with 3 units waiting and %i bells it asks for %i more', (there, missing) =>
    inScene(version, async (scene) => {
      await submitOpened(scene, 4);
      await claim(scene);
      expect(await sweep(scene.worker, bells(there))).toEqual({ released: 0, exhausted: 0, toRing: ringing(missing) });
    }),
  );

  test('with ten thousand bells it does not look how many units wait', () =>
    inScene(version, async (scene) => {
      await asOwner(scene.database, 'ALTER FUNCTION waiting_units(bigint) RENAME TO waiting_units_away');
      try {
        await expect(sweep(scene.worker, bells(9_999))).rejects.toThrow();
        const swept = await sweep(scene.worker, {
          countBells: async (lane) => (lane === 'read' ? 10_000 : 0),
        });
        expect(swept).toEqual({ released: 0, exhausted: 0, toRing: ringing(0) });
      } finally {
        await asOwner(scene.database, 'ALTER FUNCTION waiting_units_away(bigint) RENAME TO waiting_units');
      }
    }));

  test('asks for at most 1,000 bells at a time', () =>
    inScene(version, async (scene) => {
      await submitOpened(scene, 1_500);
      expect(await sweep(scene.worker, bells(0))).toMatchObject({ toRing: ringing(1_000) });
      expect(await sweep(scene.worker, bells(1_000))).toMatchObject({ toRing: ringing(500) });
    }));

  test('fails a unit that was claimed 20 times and never ended', () =>
    inScene(version, async (scene) => {
      const id = await submit(scene);
      for (let claims = 1; claims <= ATTEMPTS.claims; claims += 1) {
        expect(await claim(scene)).toMatchObject({ attempt: claims });
        await letLeasesRunOut(scene);
        const last = claims === ATTEMPTS.claims;
        expect(await sweep(scene.worker, bells(0))).toMatchObject({ released: last ? 0 : 1, exhausted: last ? 1 : 0 });
      }
      expect(await pollJob(scene.api, scene.tenantId, id)).toMatchObject({
        status: 'failed',
        error: { code: 'attempts_exhausted', retryable: true },
        files: [{ status: 'failed', error: { code: 'attempts_exhausted' } }],
      });
    }));

  test('fails a page whose process was lost 20 times, and reads the others', () =>
    inScene(version, async (scene) => {
      const id = await submitOpened(scene, 2);
      for (let claims = 1; claims <= ATTEMPTS.claims; claims += 1) {
        await claim(scene);
        await letLeasesRunOut(scene);
        await sweep(scene.worker, bells(0));
      }
      const { page } = await readPageRow(scene.api, scene.tenantId, id, 1);
      expect(page).toMatchObject({
        status: 'failed',
        attempts: 20,
        error: { code: 'attempts_exhausted', retryable: true },
      });
      await readAll(scene);
      expect(await pollJob(scene.api, scene.tenantId, id)).toMatchObject({
        status: 'partial',
        pagesDone: 1,
        pagesFailed: 1,
      });

      await retryJob(scene.api, scene.tenantId, id);
      expect(await claim(scene)).toMatchObject({ fileFrame: 0, attempt: 21 });
      await letLeasesRunOut(scene);
      expect(await sweep(scene.worker, bells(0))).toMatchObject({ released: 1, exhausted: 0 });
    }));

  test('passes over what is being saved just now instead of waiting for it', () =>
    inScene(version, async (scene) => {
      await submitOpened(scene, 2);
      const [saved, exhausted] = await claimAll(scene, 2);
      await letLeasesRunOut(scene);
      await asOwner(scene.database, 'UPDATE units SET claims = 20 WHERE id = $1', [exhausted!.id]);
      await whileLocked(scene, `SELECT 1 FROM units WHERE id = ${saved!.id} FOR UPDATE`, async () => {
        await whileLocked(scene, 'SELECT 1 FROM jobs FOR UPDATE', async () => {
          expect(await sweep(scene.worker, bells(0))).toEqual({ released: 0, exhausted: 0, toRing: ringing(0) });
        });
      });
      expect(await sweep(scene.worker, bells(0))).toEqual({ released: 1, exhausted: 1, toRing: ringing(1) });
    }));

  test('is led by one process at a time; the next may lead when that one is done, or has failed', () =>
    inScene(version, async (scene) => {
      const outcome = sweep(scene.worker, {
        async countBells() {
          expect(await sweep(scene.worker, bells(0))).toBeNull();
          throw new Error('The queue cannot be asked.');
        },
      });
      await expect(outcome).rejects.toMatchObject({
        code: 'internal',
        cause: { message: 'The queue cannot be asked.' },
      });
      expect(await sweep(scene.worker, bells(0))).toEqual({ released: 0, exhausted: 0, toRing: ringing(0) });
    }));
});

async function whileLocked(scene: Scene, lock: string, work: () => Promise<void>): Promise<void> {
  const client = await scene.worker.pool.connect();
  try {
    await client.query('BEGIN');
    await client.query(lock);
    await work();
  } finally {
    await client.query('ROLLBACK');
    client.release();
  }
}
