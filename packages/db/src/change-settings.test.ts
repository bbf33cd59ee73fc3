import { expect, test } from '@jest/globals';
import { changeSettings } from './change-settings.ts';
import { asOwner, inScene, onEachPostgres, type Scene } from './test-jobs.ts';

const DAY_SECONDS = 86_400;

async function settingsIn({ database }: Scene) {
  const [backlog] = await asOwner<{ units: number; bytes: number; unitsOfTenant: number; bytesOfTenant: number }>(
    database,
    `SELECT most_units::int AS units, most_bytes::float8 AS bytes, most_units_of_tenant::int AS "unitsOfTenant",
       most_bytes_of_tenant::float8 AS "bytesOfTenant" FROM backlog`,
  );
  const [keep] = await asOwner<{ seconds: number }>(
    database,
    "SELECT keep_seconds::int AS seconds FROM keeps WHERE name = 'jobs'",
  );
  return { backlog: backlog!, keepSeconds: keep!.seconds };
}

onEachPostgres('settings', (version) => {
  test('all that are given are changed, or none where one cannot be', () =>
    inScene(version, async (scene) => {
      const before = await settingsIn(scene);
      const backlog = { ...before.backlog, units: 1_100 };
      // Nothing can be kept for no time.
      await expect(changeSettings(scene.worker, { backlog, keepSeconds: 0 })).rejects.toThrow();
      expect(await settingsIn(scene)).toEqual(before);
      try {
        await changeSettings(scene.worker, { backlog, keepSeconds: DAY_SECONDS });
        expect(await settingsIn(scene)).toEqual({ backlog, keepSeconds: DAY_SECONDS });
      } finally {
        await changeSettings(scene.worker, before);
      }
      expect(await settingsIn(scene)).toEqual(before);
    }));
});
