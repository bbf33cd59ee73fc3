import { randomUUID } from 'node:crypto';
import { appendFile, chmod, cp, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { temporaryFolder } from '@docusnap/testing';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import pg from 'pg';
import { SUPERUSER } from '../cluster.ts';
import { foldersOf } from '../folders.ts';
import type { Progress } from '../progress.ts';
import { restore } from '../restore/restore.ts';
import { writeRunning } from '../running.ts';
import { DATABASE_NAME } from '../services.ts';
import { StartError } from '../start-error.ts';
import { type Stopped, startDatabaseAlone } from '../system.ts';
import { type BackUpOptions, backUp } from './back-up.ts';

const QUIET: Progress = { step: () => undefined, line: () => undefined, clear: () => undefined };
const OPTIONS: BackUpOptions = { keys: true, passphrase: null, progress: QUIET, version: '0.0.0' };
const PLAIN = { passphrase: null, keys: null, progress: QUIET };
/** While a copy is made. */
const WRITE_EVERY_MS = 50;
const PASSPHRASE = 'correct horse battery staple';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let running: Stopped[] = [];
/** One installation for both tests: making one takes longer than all else. */
beforeAll(async () => {
  folder = await temporaryFolder('backup');
  // The database's user has to get through.
  await chmod(folder.path, 0o711);
  const system = await start('home');
  await query(system, 'CREATE TABLE submitted (id uuid PRIMARY KEY)');
  await submit(system);
  await stop(system);
});
afterEach(async () => {
  for (const one of running) await one.stop();
  running = [];
  for (const name of ['copy', 'other']) await rm(at(name), { recursive: true, force: true });
});
afterAll(() => folder.remove());

const at = (...names: string[]): string => join(folder.path, ...names);

async function start(name: string): Promise<Stopped> {
  const started = await startDatabaseAlone(at(name), { progress: QUIET, signal: new AbortController().signal });
  running.push(started);
  return started;
}

async function stop(started: Stopped): Promise<void> {
  running = running.filter((one) => one !== started);
  await started.stop();
}

async function query<Row extends object>({ database, secrets }: Stopped, text: string, values: unknown[] = []) {
  const client = new pg.Client({ connectionString: database.url(SUPERUSER, secrets.superuserPassword, DATABASE_NAME) });
  await client.connect();
  try {
    return (await client.query<Row>(text, values)).rows;
  } finally {
    await client.end();
  }
}

/** As the gateway does: the file first, then the row that speaks of it. */
async function submit(system: Stopped): Promise<void> {
  const id = randomUUID();
  await mkdir(join(system.folders.blobs, 'jobs', id), { recursive: true });
  await writeFile(join(system.folders.blobs, 'jobs', id, 'file'), `what ${id} holds`);
  await query(system, 'INSERT INTO submitted VALUES ($1)', [id]);
}

async function untorn(system: Stopped): Promise<number> {
  const rows = await query<{ id: string }>(system, 'SELECT id FROM submitted');
  for (const { id } of rows) {
    expect(await readFile(join(system.folders.blobs, 'jobs', id, 'file'), 'utf8')).toBe(`what ${id} holds`);
  }
  return rows.length;
}

const refusal = (act: Promise<unknown>): Promise<string> =>
  act.then(
    () => 'not refused',
    (error: unknown) => (error instanceof StartError ? error.message : Promise.reject(error)),
  );

test('a copy made while it is written to opens elsewhere with every row and its file; altered, torn or in the way it is refused', async () => {
  const system = await start('home');
  for (let count = 0; count < 20; count += 1) await submit(system);
  expect(await refusal(backUp(at('home'), at('copy'), OPTIONS))).toContain('just starting or stopping');
  writeRunning(system.folders, { url: 'http://127.0.0.1:1', ocrUrl: 'http://127.0.0.1:1' });

  let copying = true;
  const writing = (async () => {
    for (let count = 0; ; count += 1) {
      if (!copying) return count;
      await submit(system);
      await pause(WRITE_EVERY_MS);
      if (count % 10 === 0) await query(system, 'CHECKPOINT');
    }
  })();
  const manifest = await backUp(at('home'), at('copy'), OPTIONS).finally(() => {
    copying = false;
  });
  const written = await writing;
  expect(manifest).toMatchObject({ while_running: true, keys: true, sealed: null, postgres: '18' });
  expect(written).toBeGreaterThan(0);
  const masterKey = await readFile(join(system.folders.secrets, 'master-key'), 'utf8');
  expect(await query(system, 'SELECT 1 FROM pg_replication_slots')).toEqual([]);
  await stop(system);

  expect(await refusal(restore(at('home'), at('copy'), PLAIN))).toContain('a restore overwrites nothing');
  expect(await refusal(restore(at('other'), at('nowhere'), PLAIN))).toContain('holds no finished backup');
  const whole = await readFile(at('copy', 'database', 'PG_VERSION'));
  await appendFile(at('copy', 'database', 'PG_VERSION'), ' ');
  expect(await refusal(restore(at('other'), at('copy'), PLAIN))).toContain('database/PG_VERSION is not what was');
  await rm(at('copy', 'database', 'PG_VERSION'));
  expect(await refusal(restore(at('other'), at('copy'), PLAIN))).toContain('database/PG_VERSION cannot be read');
  await writeFile(at('copy', 'database', 'PG_VERSION'), whole);
  expect(await readdir(foldersOf(at('other')).secrets)).toEqual([]);

  const { hasKeys } = await restore(at('other'), at('copy'), PLAIN);
  expect(hasKeys).toBe(true);
  expect(await readFile(join(foldersOf(at('other')).secrets, 'master-key'), 'utf8')).toBe(masterKey);
  expect((await stat(join(foldersOf(at('other')).secrets, 'master-key'))).mode & 0o777).toBe(0o600);
  const restored = await start('other');
  const found = await untorn(restored);
  expect(found).toBeGreaterThanOrEqual(20);
  expect(found).toBeLessThanOrEqual(20 + written);
  expect(await query(restored, 'SELECT count(*)::int AS jobs FROM jobs')).toEqual([{ jobs: 0 }]);
});

test('a copy made while it is stopped, sealed and without keys, shows nothing, opens with its passphrase only, and waits for its keys', async () => {
  expect(await refusal(backUp(at('home'), at('home', 'data', 'copy'), OPTIONS))).toContain(
    'in the installation itself',
  );
  const manifest = await backUp(at('home'), at('copy'), { ...OPTIONS, keys: false, passphrase: PASSPHRASE });
  expect(manifest).toMatchObject({ while_running: false, keys: false, sealed: { kdf: 'scrypt' } });
  expect(await refusal(backUp(at('home'), at('copy'), OPTIONS))).toContain('is not empty');
  for (const entry of await readdir(at('copy'), { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || entry.name === 'backup.json') continue;
    const bytes = await readFile(join(entry.parentPath, entry.name));
    expect([entry.name, bytes.subarray(0, 4).toString()]).toEqual([entry.name, 'DSB1']);
  }

  expect(await refusal(restore(at('other'), at('copy'), PLAIN))).toContain('--passphrase-file');
  const wrong = { ...PLAIN, passphrase: `${PASSPHRASE}!` };
  expect(await refusal(restore(at('other'), at('copy'), wrong))).toContain('the passphrase is another one');
  const right = { ...PLAIN, passphrase: PASSPHRASE };
  expect(await refusal(restore(at('other'), at('copy'), { ...right, keys: at('copy') }))).toContain('"master-key"');
  expect((await restore(at('other'), at('copy'), right)).hasKeys).toBe(false);
  expect(await refusal(start('other'))).toContain('master-key is missing');
  await cp(foldersOf(at('home')).secrets, foldersOf(at('other')).secrets, { recursive: true });
  const restored = await start('other');
  expect(await untorn(restored)).toBeGreaterThanOrEqual(1);
});
