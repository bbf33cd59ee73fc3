import { expect, test } from '@jest/globals';
import pg from 'pg';
import { createKey } from './keys.ts';
import { savePage } from './save.ts';
import {
  addTenant,
  asOwner,
  claim,
  inScene,
  onEachPostgres,
  READ,
  type Scene,
  submit,
  submitOpened,
} from './test-jobs.ts';

const DENIED = '42501';

onEachPostgres('row security', (version) => {
  test('docusnap_api sees no row without a tenant, and then only those of the tenant', () =>
    inScene(version, async (scene) => {
      const stranger = await addTenant(scene.database);
      for (const tenantId of [scene.tenantId, stranger]) await everyKindOfRow(scene, tenantId);
      for (const table of ['api_keys', 'jobs', 'files', 'pages', 'page_texts']) {
        expect([table, await tenantsSeen(scene, table, null)]).toEqual([table, []]);
        expect([table, await tenantsSeen(scene, table, '')]).toEqual([table, []]);
        expect([table, await tenantsSeen(scene, table, stranger)]).toEqual([table, [stranger]]);
      }
    }));

  test('every table has row security, and a policy for both roles', () =>
    inScene(version, async ({ database }) => {
      const tables = await asOwner<{ relname: string }>(
        database,
        "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition AND relnamespace = 'public'::regnamespace AND relname <> 'schema_migrations' AND relrowsecurity ORDER BY 1",
      );
      expect(tables.length).toBeGreaterThan(15);
      const policies = await asOwner<{ tablename: string; roles: string }>(
        database,
        'SELECT tablename, roles::text FROM pg_policies',
      );
      for (const { relname: table } of tables) {
        const roles = policies.filter(({ tablename }) => tablename === table).map((policy) => policy.roles);
        expect([table, new Set(roles)]).toEqual([table, new Set(['{docusnap_api}', '{docusnap_worker}'])]);
      }
    }));

  test('the roles that serve and work are no superusers, pass no row security, and own nothing', () =>
    inScene(version, async ({ database }) => {
      const roles = await asOwner(
        database,
        `SELECT rolname, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole,
           (SELECT count(*)::integer FROM pg_class WHERE relowner = r.oid) AS owns
         FROM pg_roles r WHERE rolname IN ('docusnap_api', 'docusnap_worker') ORDER BY 1`,
      );
      const nothing = { rolsuper: false, rolbypassrls: false, rolcreatedb: false, rolcreaterole: false, owns: 0 };
      expect(roles).toEqual([
        { rolname: 'docusnap_api', ...nothing },
        { rolname: 'docusnap_worker', ...nothing },
      ]);
    }));

  test('docusnap_api cannot write for another tenant, nor add to the job of another', () =>
    inScene(version, async (scene) => {
      const stranger = await addTenant(scene.database);
      const theirs = await submit(scene, { tenantId: stranger });
      const values = { tenantId: scene.tenantId, stranger, theirs };
      const file = "'f', 'image/png', 1, 'ab'";
      for (const [statement, parameters] of [
        [
          "INSERT INTO jobs (id, tenant_id, name, options, files_total, master_key_id, wrapped_key) VALUES (gen_random_uuid(), $1, 'n', '{}', 1, 'k', '')",
          [stranger],
        ],
        [
          `INSERT INTO files (job_id, file_index, tenant_id, name, media_type, bytes, sha256) VALUES ($1, 7, $2, ${file})`,
          [theirs, values.tenantId],
        ],
        [
          `INSERT INTO files (job_id, file_index, tenant_id, name, media_type, bytes, sha256) VALUES ($1, 7, $2, ${file})`,
          [theirs, stranger],
        ],
        [
          "INSERT INTO units (kind, job_id, tenant_id, file_index, priority) VALUES ('open', $1, $2, 0, 9)",
          [theirs, values.tenantId],
        ],
        [
          'INSERT INTO pages (job_id, file_index, frame, tenant_id, number) VALUES ($1, 0, 0, $2, 1)',
          [theirs, values.tenantId],
        ],
      ] as const) {
        await expect(asApi(scene, values.tenantId, statement, [...parameters])).rejects.toMatchObject({ code: DENIED });
      }
    }));

  test('docusnap_api cannot do what is the work of others', () =>
    inScene(version, async (scene) => {
      await submit(scene);
      for (const statement of [
        "UPDATE jobs SET status = 'completed'",
        'SELECT * FROM units',
        'SELECT * FROM workers',
        'DELETE FROM pages',
        'UPDATE api_keys SET scopes = scopes',
        "SELECT * FROM claim_unit('thief', 30)",
        'SELECT advance_job(gen_random_uuid(), NULL, NULL)',
        'CREATE TABLE mine ()',
      ]) {
        await expect(asApi(scene, scene.tenantId, statement)).rejects.toMatchObject({ code: DENIED });
      }
    }));

  test('docusnap_worker cannot erase, and cannot become another tenant by calling for it', () =>
    inScene(version, async (scene) => {
      const id = await submit(scene);
      for (const statement of [
        'DELETE FROM jobs',
        `SELECT erase_job('${scene.tenantId}', '${id}')`,
        `SELECT retry_job('${scene.tenantId}', '${id}')`,
        'DELETE FROM api_keys',
      ]) {
        await expect(scene.worker.pool.query(statement)).rejects.toMatchObject({ code: DENIED });
      }
    }));
});

async function everyKindOfRow(scene: Scene, tenantId: string): Promise<void> {
  await createKey(scene.api, tenantId, {
    name: 'k',
    scopes: ['read'],
    expiresAt: null,
    prefix: 'p',
    hash: Buffer.from(tenantId),
  });
  await submitOpened(scene, 1, { tenantId });
  await savePage(scene.worker, await claim(scene), READ);
}

async function tenantsSeen(scene: Scene, table: string, tenantId: string | null): Promise<unknown[]> {
  const rows = await asApi<{ tenant_id: string }>(scene, tenantId, `SELECT DISTINCT tenant_id FROM ${table}`);
  return rows.map((row) => row.tenant_id);
}

async function asApi<Row extends pg.QueryResultRow>(
  scene: Scene,
  tenantId: string | null,
  statement: string,
  values: unknown[] = [],
): Promise<Row[]> {
  const client = new pg.Client({ connectionString: scene.database.directApiUrl });
  await client.connect();
  try {
    if (tenantId !== null) await client.query("SELECT set_config('docusnap.tenant', $1, false)", [tenantId]);
    return (await client.query<Row>(statement, values)).rows;
  } finally {
    await client.end();
  }
}
