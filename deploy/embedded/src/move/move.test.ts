import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { BlobSettings, openStoredFiles } from '@docusnap/blobs';
import { closeDatabase, ensureV1Tenant, openDatabase, pollV1Task } from '@docusnap/db';
import { type S3Server, startS3, type TestDatabase, temporaryFolder, testDatabase } from '@docusnap/testing';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import pg from 'pg';
import type { Progress } from '../progress.ts';
import { moveTasks } from './move.ts';
import { endMove, type MoveOptions, moveDatabase } from './move-database.ts';
import { moveFiles } from './move-files.ts';

const QUIET: Progress = { step: () => undefined, line: () => undefined, clear: () => undefined };
const OPTIONS = { progress: QUIET, signal: new AbortController().signal };
const KEEP = { keepSeconds: 86_400 };

// An installation moved as a whole, by the command, is shown by `npm run check:deploy -- --only restore`.

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let source: TestDatabase;
let target: TestDatabase;
let s3: S3Server | undefined;
beforeEach(async () => {
  [folder, source, target] = await Promise.all([temporaryFolder('move'), testDatabase(), testDatabase()]);
});
afterEach(async () => {
  await Promise.all([folder.remove(), source.drop(), target.drop(), s3?.stop()]);
  s3 = undefined;
});

const at = (...names: string[]): string => join(folder.path, ...names);
const refusal = (act: Promise<unknown>): Promise<unknown> =>
  act.then(
    () => 'not refused',
    (error: unknown) => error,
  );

async function inTarget<Row extends object>(text: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: target.superuserUrl });
  await client.connect();
  try {
    return (await client.query<Row>(text)).rows;
  } finally {
    await client.end();
  }
}

/** One of everything that refers to something else. */
async function fillSource(): Promise<string> {
  const db = openDatabase(source.superuserUrl);
  try {
    await ensureV1Tenant(db);
    const tenant = randomUUID();
    await db.pool.query(
      `INSERT INTO tenants (id, name, limits) VALUES ($1, 'a\ttenant', '{"pages_per_day": null, "a": "ü\\\\"}')`,
      [tenant],
    );
    await db.pool.query(
      `INSERT INTO api_keys (id, tenant_id, prefix, name, scopes, hash)
       SELECT gen_random_uuid(), $1, 'p' || n, '', '{read,"a b"}', sha256(n::text::bytea) FROM generate_series(1, 4500) n`,
      [tenant],
    );
    const job = randomUUID();
    await db.pool.query(
      `INSERT INTO jobs (id, tenant_id, name, options, metadata, files_total, master_key_id, wrapped_key)
       VALUES ($1, $2, 'x', '{}', 'null', 1, 'k', '\\x00ff0a5c')`,
      [job, tenant],
    );
    await db.pool.query(
      `INSERT INTO files (job_id, file_index, tenant_id, name, media_type, bytes, sha256) VALUES ($1, 0, $2, '', 'image/png', 9007199254740993, '')`,
      [job, tenant],
    );
    await db.pool.query(
      "INSERT INTO units (kind, job_id, tenant_id, file_index, priority) VALUES ('open', $1, $2, 0, 5)",
      [job, tenant],
    );
    await db.pool.query("INSERT INTO audit_log (id, action, status, request_id) VALUES ($1, 'x', 200, 'r')", [
      randomUUID(),
    ]);
    await db.pool.query('UPDATE keeps SET keep_seconds = 77 WHERE name = (SELECT min(name) FROM keeps)');
    return tenant;
  } finally {
    await closeDatabase(db);
  }
}

test('a database is moved whole, goes on where it was cut off, and nothing that is there is overwritten', async () => {
  const tenant = await fillSource();
  const move = (to = target.ownerUrl, options: MoveOptions = OPTIONS) => moveDatabase(source.superuserUrl, to, options);
  expect(await refusal(move(target.apiUrl))).toMatchObject({ code: 'target_not_owner' });
  const cut = new AbortController();
  const step = (text: string): void => {
    if (text.startsWith('Moving api_keys (2')) cut.abort();
  };
  await expect(move(target.ownerUrl, { progress: { ...QUIET, step }, signal: cut.signal })).rejects.toThrow('aborted');
  expect(await inTarget('SELECT count(*)::int AS n FROM api_keys')).toEqual([{ n: 2_000 }]);

  const { rows } = await move();
  // The tenants and the first keys were there already.
  expect(rows).toBeGreaterThan(2_500);
  expect(rows).toBeLessThan(4_500);
  expect(await inTarget('SELECT count(*)::int AS n FROM api_keys')).toEqual([{ n: 4_500 }]);
  expect(await inTarget(`SELECT name, limits FROM tenants WHERE id = '${tenant}'`)).toEqual([
    { name: 'a\ttenant', limits: { pages_per_day: null, a: 'ü\\' } },
  ]);
  expect(await inTarget('SELECT metadata::text, wrapped_key FROM jobs')).toEqual([
    { metadata: 'null', wrapped_key: Buffer.from('00ff0a5c', 'hex') },
  ]);
  expect(await inTarget('SELECT keep_seconds::int FROM keeps ORDER BY name LIMIT 1')).toEqual([{ keep_seconds: 77 }]);
  // What triggers did was done already, and is not done twice; a new unit gets an id of its own.
  expect(await inTarget('SELECT count(*)::int AS n, sum(units)::int AS units FROM backlog_changes')).toEqual([
    { n: 1, units: 1 },
  ]);
  expect(await inTarget("SELECT nextval('units_id_seq')::int > max(id) AS ok FROM units")).toEqual([{ ok: true }]);
  expect(await inTarget("SELECT 1 FROM pg_trigger WHERE tgrelid = 'jobs'::regclass AND tgenabled = 'D'")).toEqual([]);

  // Cut off behind the rows, among the files, it goes on too, until all of it is done.
  expect((await move()).rows).toBeLessThan(100);
  await endMove(target.ownerUrl);
  expect(await inTarget("SELECT to_regnamespace('docusnap_move') AS mark")).toEqual([{ mark: null }]);

  expect(await refusal(move())).toMatchObject({ code: 'target_not_empty' });
  const api = openDatabase(target.directApiUrl);
  await api.pool.query('SELECT 1');
  expect(await refusal(move())).toMatchObject({ code: 'target_in_use' });
  await closeDatabase(api);
});

test('a source that was written to since the move was begun is found out', async () => {
  await fillSource();
  const cut = new AbortController();
  const step = (text: string): void => {
    if (text.startsWith('Comparing')) cut.abort();
    if (cut.signal.aborted) throw new Error('cut off');
  };
  const begun = moveDatabase(source.superuserUrl, target.ownerUrl, {
    progress: { ...QUIET, step },
    signal: cut.signal,
  });
  await expect(begun).rejects.toThrow('cut off');
  const db = openDatabase(source.ownerUrl, { poolSize: 1 });
  await db.pool.query("UPDATE tenants SET name = 'another name'");
  await closeDatabase(db);
  expect(await refusal(moveDatabase(source.superuserUrl, target.ownerUrl, OPTIONS))).toMatchObject({
    code: 'move_differs',
    message: expect.stringContaining('tenants is not the same on both sides'),
  });
});

test('stored files are moved as they are, to a bucket, and those that are there are not moved again', async () => {
  s3 = await startS3();
  const from = await openStoredFiles(BlobSettings.parse({ BLOB_DIR: at('blobs') }));
  const to = await openStoredFiles(BlobSettings.parse(s3.variables('moved')));
  await mkdir(at('blobs', 'jobs', 'a'), { recursive: true });
  await writeFile(at('blobs', 'jobs', 'a', '0'), randomBytes(70_000));
  await writeFile(at('blobs', 'jobs', 'a', '1'), '');
  await to.write(
    'jobs/a/0',
    (async function* () {
      yield randomBytes(70_000);
    })(),
  );
  expect(await moveFiles(from, to, OPTIONS)).toEqual({ files: 2, bytes: 70_000, before: 0 });
  expect(await moveFiles(from, to, OPTIONS)).toEqual({ files: 2, bytes: 70_000, before: 2 });
  const [there] = await Array.fromAsync(to.read('jobs/a/0'));
  expect(there?.subarray(0, 64)).toEqual((await readFile(at('blobs', 'jobs', 'a', '0'))).subarray(0, 64));
});

interface OldRow {
  readonly client: string;
  readonly sha256?: string;
  readonly type?: string;
  readonly status: string;
  readonly result?: string;
  readonly error?: string;
  readonly hoursAgo: number;
}

function writeTasks(path: string, rows: readonly OldRow[]): void {
  const database = new DatabaseSync(path);
  database.exec(`CREATE TABLE tasks (client_id TEXT, sha256 TEXT, type TEXT, status TEXT, result TEXT, error_detail TEXT,
    created_at TEXT, last_accessed TEXT, PRIMARY KEY (client_id, sha256, type))`);
  const insert = database.prepare('INSERT INTO tasks VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
  for (const { client, sha256 = 'a'.repeat(64), type = 'doc', status, result, error, hoursAgo } of rows) {
    const time = new Date(Date.now() - hoursAgo * 3_600_000).toISOString().slice(0, 19).replace('T', ' ');
    insert.run(client, sha256, type, status, result ?? null, error ?? null, time, time);
  }
  database.close();
}

test('finished tasks of an old DocuSnap answer as before, letter by letter; a second import changes nothing, and odd files are refused by name', async () => {
  const result = randomBytes(96).toString('base64');
  const client = randomUUID();
  writeTasks(at('tasks.db'), [
    { client, status: 'completed', result, hoursAgo: 3 },
    { client, type: 'form', status: 'error', error: 'LLM_FAILURE', hoursAgo: 1 },
    { client, type: 'fill', status: 'processing', hoursAgo: 0 },
    { client, sha256: 'b'.repeat(64), status: 'completed', result, hoursAgo: 25 },
    { client, sha256: 'c'.repeat(64), status: 'completed', result: 'not base64!', hoursAgo: 1 },
    { client, sha256: 'D', status: 'completed', result, hoursAgo: 1 },
  ]);
  const to = { databaseUrl: target.ownerUrl };
  const left = { 'not finished': 1, 'kept long enough': 1, 'not understood': 2 };
  expect(await moveTasks(at('tasks.db'), to, OPTIONS)).toEqual({ imported: 2, before: 0, left });
  expect(await moveTasks(at('tasks.db'), to, OPTIONS)).toEqual({ imported: 0, before: 2, left });

  const db = openDatabase(target.apiUrl);
  try {
    const key = { client: createHash('sha256').update(client).digest(), sha256: 'a'.repeat(64), type: 'doc' } as const;
    const done = await pollV1Task(db, key, KEEP);
    expect(done).toMatchObject({ status: 'completed', errorDetail: null, jobId: null });
    expect(done && 'result' in done && done.result?.toString('base64')).toBe(result);
    const failed = await pollV1Task(db, { ...key, type: 'form' }, KEEP);
    expect(failed).toMatchObject({ status: 'error', errorDetail: 'LLM_FAILURE' });
    expect(await pollV1Task(db, { ...key, type: 'fill' }, KEEP)).toBe(null);
  } finally {
    await closeDatabase(db);
  }

  const other = new DatabaseSync(at('other.db'));
  other.exec('CREATE TABLE tasks (client_id TEXT, hash TEXT)');
  other.close();
  await writeFile(at('text.db'), 'not a database at all, but long enough to be looked at as one'.repeat(20));
  expect(await refusal(moveTasks(at('other.db'), to, OPTIONS))).toMatchObject({
    code: 'tasks_db_columns',
    message: expect.stringMatching(/lacks sha256, .* and has hash beside what is known/),
  });
  expect(await refusal(moveTasks(at('text.db'), to, OPTIONS))).toMatchObject({ code: 'tasks_db_unreadable' });
  expect(await refusal(moveTasks(at('none.db'), to, OPTIONS))).toMatchObject({ code: 'tasks_db_unreadable' });
});
