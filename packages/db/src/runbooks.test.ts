import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { asOwner, inScene, onEachPostgres, submit } from './test-jobs.ts';

const FOLDER = new URL('../../../deploy/monitoring/runbooks/', import.meta.url);

/** What runbooks ask psql, by where it stands. */
function statements(): [string, string][] {
  return readdirSync(FOLDER).flatMap((file) => {
    const text = readFileSync(new URL(file, FOLDER), 'utf8');
    return [...text.matchAll(/psql "\$DATABASE_\w+" -c (?:"([^"]*)"|'([^']*)')/g)].map(
      ([, quoted, single]): [string, string] => [file, quoted ?? single ?? ''],
    );
  });
}

onEachPostgres('the runbooks', (version) => {
  test('ask nothing of the database that it cannot answer', () =>
    inScene(version, async (scene) => {
      await submit(scene);
      const asked = statements();
      expect(asked.length).toBeGreaterThan(5);
      for (const [file, sql] of asked) {
        await expect(asOwner(scene.database, sql).then(() => file)).resolves.toBe(file);
      }
    }));
});
