import { startPostgres, testDatabase } from '@docusnap/testing';
import { describe, expect, test } from '@jest/globals';
import { closeDatabase, openDatabase, pingDatabase } from './connection.ts';
import { migrate } from './migrate.ts';
import { ensureDatabase, ensureRoles, withClient } from './roles.ts';
import { onEachPostgres } from './test-jobs.ts';

const tablesOf = (url: string) =>
  withClient(url, async (client) => {
    const { rows } = await client.query<{ name: string }>(
      "SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1",
    );
    return rows.map(({ name }) => name);
  });

const TABLES = [
  'api_keys',
  'files',
  'jobs',
  'page_texts',
  'pages',
  'schema_migrations',
  'tenants',
  'understandings',
  'units',
  'v1_tasks',
  'workers',
];

onEachPostgres('migrations', (version) => {
  test('make the tables, once, when run again and by several processes at a time', async () => {
    const database = await testDatabase({ version, empty: true });
    expect(await tablesOf(database.ownerUrl)).toEqual([]);
    await Promise.all([migrate(database.ownerUrl), migrate(database.ownerUrl), migrate(database.ownerUrl)]);
    await migrate(database.ownerUrl);
    expect(await tablesOf(database.ownerUrl)).toEqual(TABLES);
    await database.drop();
  });

  test('that fail leave nothing behind', async () => {
    const database = await testDatabase({ version, empty: true });
    // In the way of one of the last statements.
    await withClient(database.ownerUrl, (client) =>
      client.query('CREATE FUNCTION waiting_units(most bigint) RETURNS bigint RETURN 1'),
    );
    await expect(migrate(database.ownerUrl)).rejects.toMatchObject({ code: 'internal' });
    // Only the list of those that succeeded: none.
    expect(await tablesOf(database.ownerUrl)).toEqual(['schema_migrations']);
    const done = await withClient(database.ownerUrl, (client) => client.query('SELECT * FROM schema_migrations'));
    expect(done.rows).toEqual([]);
    await database.drop();
  });
});

describe('roles and databases', () => {
  test('are made once, by several processes at a time, and passwords are set anew', async () => {
    const server = await startPostgres();
    const first = { ownerPassword: "o'1", apiPassword: 'a1', workerPassword: 'w1' };
    await Promise.all([1, 2, 3].map(() => ensureRoles(server.superuserUrl, first)));
    await Promise.all([1, 2, 3].map(() => ensureDatabase(server.superuserUrl, 'docu-snap')));
    await ensureRoles(server.superuserUrl, { ...first, apiPassword: 'a2' });
    const ping = async (user: string, password: string) => {
      const db = openDatabase(`postgres://${user}:${encodeURIComponent(password)}@127.0.0.1:${server.port}/docu-snap`);
      await pingDatabase(db).finally(() => closeDatabase(db));
    };
    await ping('docusnap_owner', "o'1");
    await ping('docusnap_worker', 'w1');
    await ping('docusnap_api', 'a2');
    await expect(ping('docusnap_api', 'a1')).rejects.toMatchObject({ code: 'internal', cause: { code: '28P01' } });
    await server.stop();
  });
});
