import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from '@jest/globals';

// That a restored installation answers as before is shown by `npm run check:deploy -- --only restore`; here, the parts that need no server.

const program = (name: string): string => fileURLToPath(new URL(`./${name}`, import.meta.url));
const DAY_MS = 86_400_000;
const LOG = '000000010000000000000003';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'docusnap-backups-'));
  for (const name of ['sets', 'wal', 'blobs', 'blobs-removed']) await mkdir(join(folder, name));
});
afterEach(() => rm(folder, { recursive: true }));

const at = (...names: string[]): string => join(folder, ...names);

function run(name: string, ...args: string[]): Promise<{ code: unknown; said: string }> {
  return runWith({}, name, ...args);
}

function runWith(
  own: Record<string, string>,
  name: string,
  ...args: string[]
): Promise<{ code: unknown; said: string }> {
  const env = { PATH: process.env.PATH, BACKUP_DIR: folder, BACKUP_RECIPIENTS_FILE: 'none', ...own };
  return new Promise((resolve) => {
    execFile(program(name), args, { env }, (error, _out, said) => resolve({ code: error ? error.code : 0, said }));
  });
}

/** A name as sets have it, of so many days ago. */
function named(daysAgo: number, kind: string): string {
  const time = new Date(Date.now() - daysAgo * DAY_MS).toISOString().replaceAll(/[-:]|\.\d+/g, '');
  return `${time}-${kind}`;
}

async function makeSet(name: string, parent: string, firstLog: string | null): Promise<void> {
  await mkdir(at('sets', name));
  await writeFile(at('sets', name, 'info'), `kind=x\nparent=${parent}\n`);
  if (firstLog !== null)
    await writeFile(at('sets', name, 'backup_label'), `START WAL LOCATION: 0/28 (file ${firstLog})\n`);
}

test('what is too old goes, but for what a kept set is an increment of, and the log from the oldest kept set on', async () => {
  const log = (number: number): string => `00000001000000000000000${number}`;
  const [gone, full, increment, dump] = [
    named(60, 'full'),
    named(40, 'full'),
    named(20, 'incremental'),
    named(0, 'dump'),
  ];
  await makeSet(gone, '', log(2));
  await makeSet(full, '', log(5));
  await makeSet(increment, full, log(8));
  await makeSet(dump, '', null);
  for (const number of [2, 4, 5, 9]) await writeFile(at('wal', `${log(number)}.gz`), '');
  await writeFile(at('wal', '00000002.history.gz'), '');
  const removed = [named(50, 'x').slice(0, 16), named(1, 'x').slice(0, 16)];
  for (const name of removed) await mkdir(at('blobs-removed', name));
  expect(await run('backup', 'prune')).toEqual({ code: 0, said: `backup: removed ${gone}\n` });
  expect(new Set(await readdir(at('sets')))).toEqual(new Set([full, increment, dump]));
  expect(new Set(await readdir(at('wal')))).toEqual(new Set([`${log(5)}.gz`, `${log(9)}.gz`, '00000002.history.gz']));
  expect(await readdir(at('blobs-removed'))).toEqual([removed[1]]);
});

test('a file of the log is archived once, never replaced by another, and comes back as it was', async () => {
  await writeFile(at('first'), 'what the log holds'.repeat(1_000));
  await writeFile(at('other'), 'of another server');
  expect((await run('archive-wal', at('first'), LOG)).code).toBe(0);
  expect((await run('archive-wal', at('first'), LOG)).code).toBe(0);
  expect(await run('archive-wal', at('other'), LOG)).toMatchObject({
    code: 1,
    said: expect.stringContaining('second server'),
  });
  expect((await run('fetch-wal', LOG, at('back'))).code).toBe(0);
  expect(await readFile(at('back'))).toEqual(await readFile(at('first')));
});

test('a file of the log that could not be packed to its end is asked for again, and archived then', async () => {
  await writeFile(at('first'), 'what the log holds'.repeat(1_000));
  await mkdir(at('bin'));
  await writeFile(at('bin', 'gzip'), '#!/bin/sh\nprintf cut\nexit 1\n', { mode: 0o755 });
  const failing = { PATH: `${at('bin')}:${process.env.PATH}` };
  for (const _time of [1, 2]) expect((await runWith(failing, 'archive-wal', at('first'), LOG)).code).toBe(1);
  expect(await readdir(at('wal'))).toEqual([]);
  // As a crash leaves it between the file and its sum.
  await writeFile(at('wal', `${LOG}.gz`), 'cut');
  expect((await run('archive-wal', at('first'), LOG)).code).toBe(0);
  expect((await run('fetch-wal', LOG, at('back'))).code).toBe(0);
  expect(await readFile(at('back'))).toEqual(await readFile(at('first')));
});

test('the end of the log and a file of it that cannot be opened are told apart, since the one ends a recovery and the other must stop it', async () => {
  await writeFile(at('first'), 'what the log holds'.repeat(1_000));
  await run('archive-wal', at('first'), LOG);
  expect((await run('fetch-wal', '000000010000000000000004', at('back'))).code).toBe(1);
  await truncate(at('wal', `${LOG}.gz`), 40);
  expect((await run('fetch-wal', LOG, at('back'))).code).toBe(200);
  await rename(at('wal'), at('log'));
  expect((await run('fetch-wal', LOG, at('back'))).code).toBe(200);
  expect((await runWith({ BACKUP_DIR: '' }, 'fetch-wal', LOG, at('back'))).code).toBe(200);
});

test('a backup that would lay keys open beside what they open is refused', async () => {
  const env = {
    PATH: process.env.PATH,
    BACKUP_DIR: folder,
    BACKUP_RECIPIENTS_FILE: 'none',
    BACKUP_FILES: '/etc/hosts',
  };
  const said = await new Promise<string>((resolve) => {
    const all = { ...env, BACKUP_DATABASE_URL: 'postgres://127.0.0.1:1/x', BLOB_DIR: at('x') };
    execFile(program('backup'), ['full'], { env: all }, (_error, _out, text) => resolve(text));
  });
  expect(said).toContain('BACKUP_FILES would lie open beside what they open');
});
