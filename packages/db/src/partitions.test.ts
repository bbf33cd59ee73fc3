import { expect, test } from '@jest/globals';
import { keepPartitions } from './partitions.ts';
import { asOwner, inScene as inAnyScene, onEachPostgres, type Scene } from './test-jobs.ts';

/** With an append-only table of this test's own; the others' partitions are looked after before. */
async function inScene(version: 15 | 18, play: (scene: Scene) => Promise<void>): Promise<void> {
  await inAnyScene(version, async (scene) => {
    await asOwner(
      scene.database,
      `CREATE TABLE happenings (id bigint GENERATED ALWAYS AS IDENTITY, at timestamptz NOT NULL DEFAULT now(), what text NOT NULL CHECK (what <> ''),
         PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
       CREATE TABLE happenings_default PARTITION OF happenings DEFAULT;
       CREATE INDEX happenings_what ON happenings (what);
       INSERT INTO keeps VALUES ('happenings', 60 * 86400)`,
    );
    try {
      await play(scene);
    } finally {
      await asOwner(scene.database, "DROP TABLE happenings; DELETE FROM keeps WHERE name = 'happenings'");
    }
  });
}

async function partitions({ database }: Scene): Promise<string[]> {
  const rows = await asOwner<{ name: string }>(
    database,
    "SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'happenings'::regclass ORDER BY 1",
  );
  return rows.map(({ name }) => name.replace('happenings_', ''));
}

async function add({ database }: Scene, ...times: string[]): Promise<void> {
  for (const at of times) await asOwner(database, "INSERT INTO happenings (at, what) VALUES ($1, 'rain')", [at]);
}

async function where({ database }: Scene): Promise<unknown[]> {
  return asOwner(
    database,
    `SELECT replace(tableoid::regclass::text, 'happenings_', '') AS part, to_char(at AT TIME ZONE 'UTC', 'MM-DD') AS day FROM happenings ORDER BY at`,
  );
}

onEachPostgres('partitions', (version) => {
  test('of this month and the next two are made, once, and take what lay in the default one', () =>
    inScene(version, async (scene) => {
      await add(scene, '2026-11-01T00:00:00Z', '2026-11-30T23:59:59Z', '2026-10-31T23:59:59Z');
      const today = new Date('2026-11-15T12:00:00Z');
      await keepPartitions(scene.worker, { today });
      expect(await partitions(scene)).toEqual(['2026_11', '2026_12', '2027_01', 'default']);
      expect(await keepPartitions(scene.worker, { today })).toEqual({ made: 0, dropped: 0, leftOver: [] });
      await add(scene, '2026-12-24T18:00:00Z', '2027-05-01T00:00:00Z');
      expect(await where(scene)).toEqual([
        { part: 'default', day: '10-31' },
        { part: '2026_11', day: '11-01' },
        { part: '2026_11', day: '11-30' },
        { part: '2026_12', day: '12-24' },
        { part: 'default', day: '05-01' },
      ]);
      const indexes = await asOwner(scene.database, "SELECT 1 FROM pg_indexes WHERE tablename = 'happenings_2026_12'");
      expect(indexes).toHaveLength(2);
      const [table] = await asOwner(
        scene.database,
        "SELECT relrowsecurity AS secured FROM pg_class WHERE relname = 'happenings_2026_12'",
      );
      expect(table).toEqual({ secured: true });
    }));

  test('are dropped whole once all in them is past its keep, and not before', () =>
    inScene(version, async (scene) => {
      await keepPartitions(scene.worker, { today: new Date('2026-11-15T12:00:00Z') });
      await add(scene, '2026-10-01T00:00:00Z', '2026-11-30T23:00:00Z', '2026-12-01T00:00:00Z');
      // 59 days after the end of November.
      await keepPartitions(scene.worker, { today: new Date('2027-01-29T00:00:00Z') });
      expect(await partitions(scene)).toEqual(['2026_11', '2026_12', '2027_01', '2027_02', '2027_03', 'default']);
      expect((await where(scene))[0]).toEqual({ part: '2026_11', day: '11-30' });
      const kept = await keepPartitions(scene.worker, { today: new Date('2027-01-30T00:00:00Z') });
      expect(kept).toMatchObject({ made: 0, dropped: 1 });
      expect(await where(scene)).toEqual([{ part: '2026_12', day: '12-01' }]);
    }));

  test('of a table that somebody holds are left for the next time, and the other tables are seen to', () =>
    inScene(version, async (scene) => {
      const today = new Date('2026-11-15T12:00:00Z');
      const holding = scene.worker.pool;
      await asOwner(scene.database, 'GRANT SELECT, INSERT ON happenings_default TO docusnap_worker');
      const client = await holding.connect();
      await client.query('BEGIN');
      await client.query('LOCK TABLE happenings_default IN ROW EXCLUSIVE MODE');
      expect((await keepPartitions(scene.worker, { today })).leftOver).toEqual(['happenings']);
      await client.query('ROLLBACK');
      client.release();
      expect(await keepPartitions(scene.worker, { today })).toEqual({ made: 3, dropped: 0, leftOver: [] });
    }));
});
