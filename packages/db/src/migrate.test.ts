import { patiently, startPostgres, testDatabase } from '@docusnap/testing';
import { describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { closeDatabase, openDatabase, pingDatabase } from './connection.ts';
import { migrate } from './migrate.ts';
import { ensureDatabase, ensureRoles, withClient } from './roles.ts';
import { onEachPostgres } from './test-jobs.ts';

const tablesOf = (url: string) =>
  withClient(url, async (client) => {
    const { rows } = await client.query<{ name: string }>(
      "SELECT relname AS name FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition AND relnamespace = 'public'::regnamespace ORDER BY 1",
    );
    return rows.map(({ name }) => name);
  });

const TABLES = [
  'api_keys',
  'audit_log',
  'backlog',
  'backlog_changes',
  'backlog_counts',
  'batches',
  'console_links',
  'console_sessions',
  'erasure_receipts',
  'erasures',
  'files',
  'idempotency_keys',
  'jobs',
  'keeps',
  'page_budgets',
  'page_texts',
  'pages',
  'request_counts',
  'schema_migrations',
  'tenants',
  'turns',
  'understandings',
  'units',
  'usage_days',
  'usage_entries',
  'v1_tasks',
  'webhook_attempts',
  'webhook_events',
  'webhook_secrets',
  'webhooks',
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

  test('that fail leave nothing of themselves behind, and those before them stay', async () => {
    const database = await testDatabase({ version, empty: true });
    // In the way of the last statements of 0005.
    await withClient(database.ownerUrl, (client) =>
      client.query('CREATE FUNCTION waiting_units(most bigint) RETURNS bigint RETURN 1'),
    );
    await expect(migrate(database.ownerUrl)).rejects.toMatchObject({ code: 'internal' });
    const left = await withClient(database.ownerUrl, async (client) => ({
      migrations: (await client.query('SELECT name FROM schema_migrations ORDER BY id')).rows.map(({ name }) => name),
      functions: (await client.query("SELECT 1 FROM pg_proc WHERE proname = 'save_page'")).rows,
    }));
    expect(left.migrations.at(-1)).toBe('0004_claim');
    expect(left.functions).toEqual([]);
    await withClient(database.ownerUrl, (client) => client.query('DROP FUNCTION waiting_units(bigint)'));
    await migrate(database.ownerUrl);
    expect(await tablesOf(database.ownerUrl)).toEqual(TABLES);
    await database.drop();
  });

  test('let those pass who serve while they wait for somebody who does not let go', async () => {
    const database = await testDatabase({ version, empty: true });
    await migrate(database.ownerUrl, { upTo: 10 });
    const reader = new pg.Client({ connectionString: database.superuserUrl });
    await reader.connect();
    await reader.query('BEGIN');
    await reader.query('SELECT count(*) FROM jobs');
    let done = false;
    const migrated = migrate(database.ownerUrl).then(() => {
      done = true;
    });
    const waits: number[] = [];
    await withClient(database.superuserUrl, async (client) => {
      for (const end = Date.now() + 2_000; Date.now() < end; ) {
        const start = performance.now();
        await client.query('SELECT count(*) FROM jobs');
        waits.push(performance.now() - start);
      }
    });
    expect(done).toBe(false);
    // A statement that queues up behind the migration waits for as long as that waits for its lock, 100 ms; on a busy machine longer, but not as
    // long as the reader holds it.
    expect(Math.max(...waits)).toBeLessThan(10_000);
    await reader.query('COMMIT');
    await reader.end();
    await migrated;
    expect(await tablesOf(database.ownerUrl)).toEqual(TABLES);
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
      await patiently(() => pingDatabase(db)).finally(() => closeDatabase(db));
    };
    await ping('docusnap_owner', "o'1");
    await ping('docusnap_worker', 'w1');
    await ping('docusnap_api', 'a2');
    await expect(ping('docusnap_api', 'a1')).rejects.toMatchObject({ code: 'internal', cause: { code: '28P01' } });
    await server.stop();
  });
});
