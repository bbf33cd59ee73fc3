import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { closeDatabase, openDatabase } from '@docusnap/db';
import { ROLE_PASSWORDS, type TestDatabase, testDatabase, urlFor } from '@docusnap/testing';
import { afterEach, beforeEach, expect, test } from '@jest/globals';

let server: TestDatabase;
beforeEach(async () => {
  server = await testDatabase({ empty: true });
});
afterEach(() => server.drop());

interface Ended {
  readonly code: unknown;
  readonly out: string;
  readonly said: string;
}

function migrateAs(env: Readonly<Record<string, string>>): Promise<Ended> {
  const main = fileURLToPath(new URL('./main.ts', import.meta.url));
  return new Promise((resolve) => {
    execFile(process.execPath, [main], { env }, (error, out, said) =>
      resolve({ code: error ? error.code : 0, out, said }),
    );
  });
}

async function inDatabase<Row extends object>(url: string, text: string): Promise<Row[]> {
  const db = openDatabase(url, { poolSize: 1 });
  try {
    return (await db.pool.query<Row>(text)).rows;
  } finally {
    await closeDatabase(db);
  }
}

test('a database that is not there yet is made with its roles and brought up to date, by two at once and again', async () => {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const as = (role: string, password: string): string => urlFor(server.superuserUrl, name, role, password);
  const env = {
    DATABASE_SUPERUSER_URL: server.superuserUrl,
    DATABASE_OWNER_URL: as('docusnap_owner', ROLE_PASSWORDS.ownerPassword),
    DATABASE_URL: as('docusnap_api', ROLE_PASSWORDS.apiPassword),
    DATABASE_WORKER_URL: as('docusnap_worker', ROLE_PASSWORDS.workerPassword),
  };
  try {
    const done = { code: 0, out: expect.stringContaining(`The database "${name}" is up to date.`), said: '' };
    expect(await Promise.all([migrateAs(env), migrateAs(env)])).toEqual([done, done]);
    expect(await migrateAs({ DATABASE_OWNER_URL: env.DATABASE_OWNER_URL })).toEqual(done);
    const migrations = await inDatabase(env.DATABASE_OWNER_URL, 'SELECT name FROM schema_migrations');
    expect(migrations.length).toBeGreaterThan(20);
    expect(await inDatabase(env.DATABASE_URL, 'SELECT count(*)::int AS bells FROM bullmq.job')).toEqual([{ bells: 0 }]);
  } finally {
    await inDatabase(server.superuserUrl, `DROP DATABASE IF EXISTS ${name}`);
  }
});

test('what cannot be migrated ends the command with one sentence that shows no password', async () => {
  const away = await migrateAs({
    DATABASE_OWNER_URL: 'postgres://docusnap_owner:hidden@127.0.0.1:1/docusnap',
    MIGRATE_WAIT_SECONDS: '0',
  });
  expect(away).toMatchObject({ code: 1, said: expect.stringMatching(/^[^\n]*ECONNREFUSED[^\n]*\n$/) });
  expect(away.said).not.toContain('hidden');
  expect(await migrateAs({})).toMatchObject({
    code: 1,
    said: expect.stringContaining('DATABASE_OWNER_URL is not set'),
  });
  const other = { DATABASE_SUPERUSER_URL: server.superuserUrl, DATABASE_OWNER_URL: server.ownerUrl };
  expect(await migrateAs(other)).toMatchObject({
    code: 1,
    said: expect.stringContaining('DATABASE_SUPERUSER_URL needs DATABASE_URL and DATABASE_WORKER_URL'),
  });
  const swapped = { ...other, DATABASE_URL: server.workerUrl, DATABASE_WORKER_URL: server.workerUrl };
  expect(await migrateAs(swapped)).toMatchObject({
    code: 1,
    said: 'DATABASE_URL has to name the role docusnap_api.\n',
  });
});
