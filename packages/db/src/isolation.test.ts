import { randomUUID } from 'node:crypto';
import { type TestDatabase, testDatabase } from '@docusnap/testing';
import { expect, test } from '@jest/globals';
import pg from 'pg';
import { withTenant } from './connection.ts';
import { failPage, saveOpenedFile } from './save.ts';
import { addTenant, asOwner, claim, inScene, onEachPostgres, type Scene, submit } from './test-jobs.ts';

// What one tenant can do to another when every query of the API has lost its conditions. Tables and functions are found in the database: one
// that is added later is tested without a word here, or fails until there is one.

const DENIED = '42501';
const SCHEMA_MIGRATIONS = 'schema_migrations';

interface Ours {
  /** Who calls; its transaction names it as the tenant. */
  readonly stranger: string;
  readonly job: string;
  readonly batch: string;
}

/** SECURITY DEFINER functions that docusnap_api may call, each as another tenant would call it for our job, and what that must give. */
const CALLED_BY_STRANGERS: Readonly<Record<string, [call: (ours: Ours) => string, gives: unknown]>> = {
  list_job_ids: [() => 'SELECT count(*) FROM list_job_ids(NULL, NULL, NULL, NULL, NULL, NULL, 100)', '0'],
  // For held polls, of ids that somebody already has: whether something changed, and nothing of what.
  job_versions: [({ job }) => `SELECT id FROM job_versions(ARRAY['${job}'::uuid])`, expect.any(String)],
  // Before a tenant is known. Whoever has a key is of its tenant.
  key_caller: [() => "SELECT count(*) FROM key_caller('our key')", '1'],
  // By tokens of 256 bits: whoever has one is who it was made for, and nobody has ours.
  spend_console_link: [() => "SELECT count(*) FROM spend_console_link('not our link')", '0'],
  session_caller: [() => "SELECT count(*) FROM session_caller('not our session', 60)", '0'],
  close_console_session: [() => "SELECT close_console_session('not our session')", null],
  retry_job: [({ stranger, job }) => `SELECT count(*) FROM retry_job('${stranger}', '${job}')`, '0'],
  job_progress: [({ stranger, job }) => `SELECT count(*) FROM job_progress('${stranger}', '${job}', 100)`, '0'],
  understand_job: [
    ({ stranger, job }) => `SELECT count(*) FROM understand_job('${stranger}', '${job}', 'doc', '')`,
    '0',
  ],
  resume_v1_job: [({ stranger, job }) => `SELECT resume_v1_job('${stranger}', '${job}', 0)`, false],
  cancel_job: [({ stranger, job }) => `SELECT count(*) FROM cancel_job('${stranger}', '${job}')`, '0'],
  cancel_batch_jobs: [({ stranger, batch }) => `SELECT cancel_batch_jobs('${stranger}', '${batch}', 100)`, 0],
  has_page_budget: [() => 'SELECT has_page_budget(NULL)', false],
  is_hopeless: [({ job }) => `SELECT is_hopeless('${job}', 100, 1)`, false],
  finish_erasure: [({ stranger, job }) => `SELECT finish_erasure('${stranger}', '${job}', 0)`, ''],
  // Whether there is room for one's own; what others wait for is room that is taken, and no more than a number.
  room_left: [({ stranger }) => `SELECT count(*) FROM room_left('${stranger}', NULL, 1, 1, 1, 1)`, '1'],
};

/** Receipts, the audit log and that of deliveries, each until its time is up; what waits, until the next count. */
const KEPT = ['audit_log', 'backlog_changes', 'erasure_receipts', 'erasures', 'webhook_attempts'];

onEachPostgres('isolation of tenants', (version) => {
  test('as docusnap_api no statement without a condition reaches a row of another tenant, in any table there is', async () => {
    const database = await testDatabase({ version });
    try {
      const [ours, theirs] = [randomUUID(), randomUUID()];
      const tables = await fillEveryTable(database, [ours, theirs]);
      expect(tables.length).toBeGreaterThan(15);
      for (const table of tables) {
        const mine = table === 'tenants' ? 'id' : 'tenant_id';
        const columns = await columnsOf(database, table);
        for (const tenant of [ours, null]) {
          const reached = await asApi(database, tenant, [
            `SELECT * FROM ${table}`,
            `DELETE FROM ${table} RETURNING *`,
            ...columns.map((column) => `UPDATE ${table} SET ${column} = ${column} RETURNING *`),
            ...columns.map(
              (column) =>
                `SELECT ${column} AS ${mine} FROM ${table} WHERE ${mine} IS DISTINCT FROM '${tenant ?? randomUUID()}'`,
            ),
          ]);
          const foreign = reached.filter((row) => row[mine] !== tenant);
          expect([table, tenant === null ? reached : foreign]).toEqual([table, []]);
        }
      }
      // Those that nobody else has anything to look for in hold nothing of this test; the rest was really looked into.
      const seen = await Promise.all(
        tables.map(async (table) => [table, (await asApi(database, ours, [`SELECT * FROM ${table}`])).length] as const),
      );
      expect(seen.filter(([, rows]) => rows === 1).map(([table]) => table)).toEqual(
        expect.arrayContaining([
          'api_keys',
          'audit_log',
          'files',
          'jobs',
          'page_texts',
          'pages',
          'tenants',
          'understandings',
          'usage_days',
        ]),
      );
    } finally {
      await database.drop();
    }
  });

  test('every table has row security, and docusnap_api is given nothing of it but by the tenant', () =>
    inScene(version, async ({ database }) => {
      const tables = await asOwner<{ name: string; secured: boolean; policies: string[] | null; granted: boolean }>(
        database,
        `SELECT c.relname AS name, c.relrowsecurity AS secured,
           (SELECT array_agg(coalesce(pg_get_expr(p.polqual, p.polrelid), '-')) FROM pg_policy p
            WHERE p.polrelid = c.oid AND 'docusnap_api'::regrole = ANY (p.polroles) OR p.polrelid = c.oid AND p.polroles = '{0}') AS policies,
           has_any_column_privilege('docusnap_api', c.oid, 'SELECT, INSERT, UPDATE') OR has_table_privilege('docusnap_api', c.oid, 'DELETE')
             AS granted
         FROM pg_class c WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace AND c.relname <> $1`,
        [SCHEMA_MIGRATIONS],
      );
      for (const { name, secured, policies, granted } of tables) {
        expect([name, secured]).toEqual([name, true]);
        if (!granted) continue;
        for (const policy of policies ?? []) {
          expect([name, policy]).toEqual([
            name,
            expect.stringMatching(/^(\((tenant_)?id = current_tenant\(\)\)|false)$/),
          ]);
        }
      }
    }));

  test('whatever names a tenant goes with it, but for what tells that it was there', () =>
    inScene(version, async ({ database }) => {
      const kept = await asOwner<{ name: string }>(
        database,
        `WITH RECURSIVE gone AS (
           SELECT 'tenants'::regclass::oid AS id
           UNION
           SELECT c.conrelid FROM gone g JOIN pg_constraint c ON c.confrelid = g.id AND c.contype = 'f' AND c.confdeltype = 'c'
         )
         SELECT t.relname AS name FROM pg_class t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attname = 'tenant_id'
         WHERE t.relkind IN ('r', 'p') AND NOT t.relispartition AND t.relnamespace = 'public'::regnamespace
           AND t.oid NOT IN (SELECT id FROM gone) ORDER BY 1`,
      );
      expect(kept.map(({ name }) => name)).toEqual(KEPT);
    }));

  test('views and functions of the schema run with the rights of who calls them, but for those that are tested here', () =>
    inScene(version, async (scene) => {
      const views = await asOwner(scene.database, "SELECT viewname FROM pg_views WHERE schemaname = 'public'");
      expect(views).toEqual([]);
      const functions = await asOwner<{
        name: string;
        path: string | null;
        api: boolean;
        all: boolean;
        definer: boolean;
      }>(
        scene.database,
        `SELECT p.proname AS name, array_to_string(p.proconfig, ';') AS path, p.prosecdef AS definer,
           p.prorettype <> 'trigger'::regtype AND has_function_privilege('docusnap_api', p.oid, 'EXECUTE') AS api,
           has_function_privilege('public', p.oid, 'EXECUTE') AS all
         FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace
           AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')`,
      );
      expect(functions.filter(({ all }) => all).map(({ name }) => name)).toEqual([]);
      const definers = functions.filter(({ definer }) => definer);
      for (const { name, path } of definers) {
        expect([name, path]).toEqual([name, expect.stringContaining('search_path=public, pg_temp')]);
      }
      const callable = definers.filter(({ api }) => api).map(({ name }) => name);
      expect(new Set(callable)).toEqual(new Set(Object.keys(CALLED_BY_STRANGERS)));
      await expectNothingForStrangers(scene);
    }));
});

async function expectNothingForStrangers(scene: Scene): Promise<void> {
  const { database, tenantId: ours } = scene;
  const stranger = await addTenant(database);
  await asOwner(database, `UPDATE tenants SET limits = '{"pages_per_day": 9}' WHERE id = $1`, [ours]);
  // Not through Prisma, whose client takes seconds to load on a busy machine.
  await asOwner(
    database,
    "INSERT INTO api_keys (id, tenant_id, prefix, name, scopes, hash) VALUES (gen_random_uuid(), $1, 'p', 'k', '{read}', 'our key')",
    [ours],
  );
  const id = await submit(scene);
  await saveOpenedFile(scene.worker, await claim(scene), { frames: 1 });
  await failPage(scene.worker, await claim(scene), { code: 'page_timeout', message: 'Too slow.', retryable: false });
  const batch = randomUUID();
  await asOwner(database, 'UPDATE jobs SET batch_id = $2 WHERE id = $1', [id, batch]);
  const before = await asOwner(database, 'SELECT to_jsonb(j) AS job FROM jobs j');
  for (const [name, [call, gives]] of Object.entries(CALLED_BY_STRANGERS)) {
    const { rows } = await withTenant(scene.api, stranger, (client) =>
      client.query(call({ stranger, job: id, batch })),
    );
    expect([name, Object.values(rows[0] ?? {})]).toEqual([name, [gives]]);
  }
  const { fields } = await scene.api.pool.query('SELECT * FROM job_versions(ARRAY[]::uuid[])');
  expect(fields.map((field) => field.name)).toEqual(['id', 'version', 'ended']);
  expect(await asOwner(database, 'SELECT to_jsonb(j) AS job FROM jobs j')).toEqual(before);
}

/**
 * Puts a row of each tenant into every table that names one. What keeps made-up rows out is taken off this database first: keys, checks and
 * triggers have no part in who sees what.
 */
async function fillEveryTable(database: TestDatabase, tenants: readonly string[]): Promise<string[]> {
  await asOwner(
    database,
    `DO $$ DECLARE it record; BEGIN
       FOR it IN SELECT conrelid::regclass AS name, conname FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid
         WHERE c.connamespace = 'public'::regnamespace AND c.contype = 'f' AND c.conparentid = 0 LOOP
         EXECUTE format('ALTER TABLE %s DROP CONSTRAINT IF EXISTS %I CASCADE', it.name, it.conname);
       END LOOP;
       FOR it IN SELECT conrelid::regclass AS name, conname FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid
         WHERE c.connamespace = 'public'::regnamespace AND c.contype IN ('p', 'u', 'c') AND c.conparentid = 0 AND NOT t.relispartition LOOP
         EXECUTE format('ALTER TABLE %s DROP CONSTRAINT IF EXISTS %I CASCADE', it.name, it.conname);
       END LOOP;
       FOR it IN SELECT a.attrelid::regclass AS name, a.attname FROM pg_attribute a JOIN pg_class t ON t.oid = a.attrelid
         WHERE t.relnamespace = 'public'::regnamespace AND t.relkind IN ('r', 'p') AND NOT t.relispartition AND a.attnum > 0 AND a.attnotnull
           AND a.attidentity = '' LOOP
         EXECUTE format('ALTER TABLE %s ALTER COLUMN %I DROP NOT NULL', it.name, it.attname);
       END LOOP;
       FOR it IN SELECT c.oid::regclass AS name FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') LOOP
         EXECUTE format('ALTER TABLE %s DISABLE TRIGGER USER', it.name);
       END LOOP;
     END $$`,
  );
  const tables = await asOwner<{ name: string; named: string }>(
    database,
    `SELECT c.relname AS name, a.attname AS named FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
       AND a.attname = CASE c.relname WHEN 'tenants' THEN 'id' ELSE 'tenant_id' END
     WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace ORDER BY 1`,
  );
  const parents = await asOwner<{ name: string }>(
    database,
    "SELECT relname AS name FROM pg_class WHERE relispartition AND relnamespace = 'public'::regnamespace",
  );
  const partitions = new Set(parents.map(({ name }) => name));
  const rows = tables
    .filter(({ name }) => !partitions.has(name))
    .flatMap(({ name, named }) => tenants.map((tenant) => `INSERT INTO ${name} (${named}) VALUES ('${tenant}')`));
  await asOwner(database, rows.join('; '));
  return tables.map(({ name }) => name);
}

async function columnsOf(database: TestDatabase, table: string): Promise<string[]> {
  const rows = await asOwner<{ name: string }>(
    database,
    `SELECT attname AS name FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND attidentity = ''`,
    [table],
  );
  return rows.map(({ name }) => name);
}

/** All rows that any of the statements gives; each is undone, and one that is not allowed gives none. */
async function asApi(
  database: TestDatabase,
  tenantId: string | null,
  statements: readonly string[],
): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: database.directApiUrl });
  await client.connect();
  try {
    if (tenantId !== null) await client.query("SELECT set_config('docusnap.tenant', $1, false)", [tenantId]);
    const rows: Record<string, unknown>[] = [];
    for (const statement of statements) {
      await client.query('BEGIN');
      try {
        rows.push(...(await client.query(statement)).rows);
      } catch (error) {
        if (!(error instanceof pg.DatabaseError && error.code === DENIED)) throw error;
      }
      await client.query('ROLLBACK');
    }
    return rows;
  } finally {
    await client.end();
  }
}
