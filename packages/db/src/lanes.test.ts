import { expect, test } from '@jest/globals';
import { countBacklog } from './backlog.ts';
import { readLane } from './lanes.ts';
import { addTenant, asOwner, claim, inScene, onEachPostgres, submit, submitOpened } from './test-jobs.ts';

onEachPostgres('how a lane stands', (version) => {
  test('the oldest is told whichever tenant it is of and however little it presses', () =>
    inScene(version, async (scene) => {
      const stranger = await addTenant(scene.database);
      const [urgent, idle, theirs] = [
        await submit(scene, { priority: 9 }),
        await submit(scene, { priority: 0 }),
        await submit(scene, { tenantId: stranger }),
      ];
      const oldestOf = async (ages: readonly (readonly [string, number])[]): Promise<number> => {
        for (const [job, seconds] of ages) {
          const age = "UPDATE units SET queued_at = now() - $2 * interval '1 second' WHERE job_id = $1";
          await asOwner(scene.database, age, [job, seconds]);
        }
        return Math.round((await readLane(scene.worker, 'read')).oldestWaitingSeconds / 10);
      };
      expect(
        await oldestOf([
          [urgent, 100],
          [idle, 300],
          [theirs, 200],
        ]),
      ).toBe(30);
      expect(await oldestOf([[theirs, 500]])).toBe(50);
      expect(await oldestOf([[urgent, 900]])).toBe(90);
    }));

  test('beyond a thousand that wait it tells what the last sweep added up, less what is in hand', () =>
    inScene(version, async (scene) => {
      await submitOpened(scene, 1_200);
      await claim(scene);
      expect(await readLane(scene.worker, 'read')).toMatchObject({ waiting: 1_000, held: 1 });
      await countBacklog(scene.worker);
      expect(await readLane(scene.worker, 'read')).toMatchObject({ waiting: 1_199, held: 1 });
    }));

  test('jobs to understand are a lane of their own, of several priorities', () =>
    inScene(version, async (scene) => {
      const ids = [await submit(scene), await submit(scene), await submit(scene)];
      for (const [place, job] of ids.entries()) {
        await asOwner(
          scene.database,
          `INSERT INTO understandings (job_id, tenant_id, task, request, status, priority, queued_at)
           VALUES ($1, $2, 'doc', 'asked', 'queued', $3, now() - $4 * interval '1 second')`,
          [job, scene.tenantId, 9 - place, 100 * (place + 1)],
        );
      }
      await asOwner(
        scene.database,
        "UPDATE understandings SET leased_until = now() + interval '9 s' WHERE job_id = $1",
        [ids[1]],
      );
      const { oldestWaitingSeconds, ...counts } = await readLane(scene.worker, 'understand');
      expect(counts).toEqual({ waiting: 2, held: 1 });
      expect(Math.round(oldestWaitingSeconds / 10)).toBe(30);
    }));
});
