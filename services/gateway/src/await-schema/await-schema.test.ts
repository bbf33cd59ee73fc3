import { closeDatabase, migrate, newestMigration, openDatabase } from '@docusnap/db';
import { type TestDatabase, testDatabase } from '@docusnap/testing';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { awaitSchema } from './await-schema.ts';

let server: TestDatabase;
beforeEach(async () => {
  server = await testDatabase({ empty: true });
});
afterEach(() => server.drop());

const waited = (seconds: number, url = server.workerUrl): Promise<void> =>
  awaitSchema({ DATABASE_WORKER_URL: url, MIGRATE_WAIT_SECONDS: seconds });

async function asOwner(statement: string): Promise<void> {
  const db = openDatabase(server.ownerUrl, { poolSize: 1 });
  try {
    await db.pool.query(statement);
  } finally {
    await closeDatabase(db);
  }
}

test('an empty database is waited for until it is migrated, and a migrated one not at all', async () => {
  let isThrough = false;
  const waiting = waited(60).then(() => {
    isThrough = true;
  });
  await migrate(server.ownerUrl, { upTo: 3 });
  expect(isThrough).toBe(false);
  await migrate(server.ownerUrl);
  await waiting;
  await waited(0);
});

test('a newer database is good enough, as after a rollback, and an older one is not', async () => {
  await migrate(server.ownerUrl);
  await asOwner("INSERT INTO schema_migrations (name, run_on) VALUES ('9999_of_tomorrow', now())");
  await waited(0);
  await asOwner(`DELETE FROM schema_migrations WHERE name IN ('9999_of_tomorrow', '${await newestMigration()}')`);
  await expect(waited(0)).rejects.toMatchObject({
    code: 'database_unavailable',
    cause: { message: 'it is of an older version' },
  });
});

test('a database that does not answer is given up when time is up, with its own words', async () => {
  const away = waited(0, 'postgres://docusnap_worker:hidden@127.0.0.1:1/docusnap');
  await expect(away).rejects.toMatchObject({ code: 'database_unavailable', cause: { code: 'ECONNREFUSED' } });
});
