import { execFile } from 'node:child_process';
import { randomBytes, randomUUID, randomUUIDv7 } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  jobContext,
  newDataKey,
  newMasterKey,
  parseMasterKeys,
  unwrapDataKey,
  webhookSecretContext,
} from '@docusnap/blobs';
import {
  closeDatabase,
  createJob,
  type Database,
  ensureBootstrapTenant,
  jobKey,
  jobVersions,
  openDatabase,
  WRAPPED_PLACES,
} from '@docusnap/db';
import { type TestDatabase, temporaryFolder, testDatabase } from '@docusnap/testing';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { answerContext } from '../once/show-again.ts';
import { rotate, showStatus } from './command.ts';
import { rewrapAll } from './rewrap.ts';

const OLDER = newMasterKey('2024');
const OLD = newMasterKey('2025');
const NEW = newMasterKey('2026');
const before = parseMasterKeys(OLD);
const during = parseMasterKeys(`${NEW},${OLD},${OLDER}`);
const after = parseMasterKeys(NEW);

let database: TestDatabase;
let api: Database;
let worker: Database;
let owner: Database;
let tenantId: string;

beforeEach(async () => {
  database = await testDatabase();
  api = openDatabase(database.apiUrl);
  worker = openDatabase(database.workerUrl);
  owner = openDatabase(database.ownerUrl, { poolSize: 1 });
  tenantId = await ensureBootstrapTenant(worker, { prefix: 'test', hash: randomBytes(32) });
});
afterEach(async () => {
  await Promise.all([api, worker, owner].map(closeDatabase));
  await database.drop();
});

/** A stored job and its data key. */
async function addJob(masterKeys = before): Promise<{ id: string; dataKey: Buffer }> {
  const id = randomUUIDv7();
  const { dataKey, wrapped } = newDataKey(masterKeys, jobContext(id));
  const file = { name: 'a.png', mediaType: 'image/png', bytes: 1, sha256: 'a'.repeat(64) } as const;
  await createJob(api, { id, tenantId, options: { priority: 5 }, metadata: null, key: wrapped, files: [file] });
  return { id, dataKey };
}

async function addAnswer(masterKeys = before): Promise<Buffer> {
  const { dataKey, wrapped } = newDataKey(masterKeys, answerContext(tenantId));
  await owner.pool.query(
    `INSERT INTO idempotency_keys (tenant_id, key, token, expires_at, sealed, master_key_id, wrapped_key)
     VALUES ($1, $2, $3, now() + interval '1 day', 'x', $4, $5)`,
    [tenantId, randomUUID(), randomUUID(), wrapped.masterKeyId, Buffer.from(wrapped.wrapped)],
  );
  return dataKey;
}

async function addWebhookSecret(): Promise<{ id: string; dataKey: Buffer }> {
  const [id, webhook] = [randomUUID(), randomUUID()];
  const { dataKey, wrapped } = newDataKey(before, webhookSecretContext(id));
  await owner.pool.query(
    "INSERT INTO webhooks (id, tenant_id, url, events) VALUES ($1, $2, 'https://example.com/', '{}')",
    [webhook, tenantId],
  );
  await owner.pool.query(
    'INSERT INTO webhook_secrets (id, webhook_id, tenant_id, master_key_id, wrapped_key) VALUES ($1, $2, $3, $4, $5)',
    [id, webhook, tenantId, wrapped.masterKeyId, Buffer.from(wrapped.wrapped)],
  );
  return { id, dataKey };
}

const keyOf = async (id: string, masterKeys = after): Promise<Buffer> =>
  unwrapDataKey(masterKeys, await jobKey(api, tenantId, id), jobContext(id));

const ports = (lines: string[], masterKeys = during) => ({
  db: worker,
  masterKeys,
  print: (line: string) => void lines.push(line),
  signal: new AbortController().signal,
});

test('every data key is wrapped anew, opens with the new master key alone, and is the same; nothing else of a job changes', async () => {
  const jobs = [await addJob(), await addJob(parseMasterKeys(OLDER)), await addJob(after)];
  const [answer, secret] = [await addAnswer(), await addWebhookSecret()];
  const versions = await jobVersions(
    api,
    jobs.map(({ id }) => id),
  );
  const lines: string[] = [];
  expect(await rotate(ports(lines))).toBe(0);
  for (const { id, dataKey } of jobs) expect(await keyOf(id)).toEqual(dataKey);
  const onlyKeyIn = async (table: string) => {
    const { rows } = await owner.pool.query(`SELECT master_key_id, wrapped_key FROM ${table}`);
    expect(rows).toHaveLength(1);
    return { masterKeyId: rows[0].master_key_id, wrapped: rows[0].wrapped_key };
  };
  expect(unwrapDataKey(after, await onlyKeyIn('idempotency_keys'), answerContext(tenantId))).toEqual(answer);
  expect(unwrapDataKey(after, await onlyKeyIn('webhook_secrets'), webhookSecretContext(secret.id))).toEqual(
    secret.dataKey,
  );
  expect(
    await jobVersions(
      api,
      jobs.map(({ id }) => id),
    ),
  ).toEqual(versions);
  expect(lines).toEqual([
    '4 data keys were wrapped anew, under "2026"',
    '5 data keys under "2026", the current one',
    '0 data keys under "2025", an old one',
    '0 data keys under "2024", an old one',
    expect.stringMatching(/^None is left under "2025", "2024": it may be removed .* "2026" first\.$/),
  ]);
  expect(await rotate(ports(lines))).toBe(0);
  expect(lines).toContain('0 data keys were wrapped anew, under "2026"');
});

test('an old key may not be removed while a data key is left under it, whether it is in MASTER_KEY or not', async () => {
  await addJob();
  const lines: string[] = [];
  expect(await showStatus(ports(lines))).toBe(1);
  expect(lines.at(-1)).toBe('1 are left: no old key may be removed from MASTER_KEY yet.');
  lines.length = 0;
  expect(await rotate(ports(lines, after))).toBe(1);
  expect(lines).toEqual([
    '0 data keys were wrapped anew, under "2026"',
    '1 could not be: MASTER_KEY does not hold "2025"',
    '0 data keys under "2026", the current one',
    '1 data keys under "2025", NOT in MASTER_KEY',
    '1 are left: no old key may be removed from MASTER_KEY yet.',
  ]);
});

test('a key that cannot be opened is counted and stays as it is, and the others are wrapped anew', async () => {
  const [whole, damaged] = [await addJob(), await addJob()];
  await owner.pool.query('UPDATE jobs SET wrapped_key = $2 WHERE id = $1', [damaged.id, randomBytes(80)]);
  const lines: string[] = [];
  expect(await rotate(ports(lines))).toBe(1);
  expect(lines).toContain('1 could not be: damaged, or "2025" is another key than the one that wrapped them');
  expect(await keyOf(whole.id)).toEqual(whole.dataKey);
  const { rows } = await owner.pool.query('SELECT master_key_id FROM jobs WHERE id = $1', [damaged.id]);
  expect(rows).toEqual([{ master_key_id: '2025' }]);
});

test('a run that is stopped keeps what is done, and the next goes on with the rest', async () => {
  const jobs = [];
  for (let made = 0; made < 25; made += 1) jobs.push(await addJob());
  const stop = new AbortController();
  const first = await rewrapAll(worker, during, {
    batch: 10,
    signal: stop.signal,
    onProgress: () => stop.abort(),
  });
  expect(first.done).toBe(10);
  const seen: number[] = [];
  const rest = { batch: 10, signal: new AbortController().signal, onProgress: (done: number) => void seen.push(done) };
  expect((await rewrapAll(worker, during, rest)).done).toBe(15);
  expect(seen).toEqual([10, 15]);
  for (const { id, dataKey } of jobs) expect(await keyOf(id)).toEqual(dataKey);
});

test('a job that somebody holds is neither waited for nor forgotten, and what is submitted meanwhile is found', async () => {
  const [held, free] = [await addJob(), await addJob()];
  await owner.pool.query('BEGIN');
  await owner.pool.query('UPDATE jobs SET version = version + 1 WHERE id = $1', [held.id]);
  let passes = 0;
  let late: { id: string; dataKey: Buffer } | undefined;
  const { done } = await rewrapAll(worker, during, {
    signal: new AbortController().signal,
    onProgress: () => {
      passes += 1;
      // A gateway that was not restarted yet wraps with the old key.
      if (passes === 1)
        void addJob()
          .then((job) => (late = job))
          .then(() => owner.pool.query('COMMIT'));
    },
  });
  expect(done).toBe(3);
  for (const job of [held, free, late!]) expect(await keyOf(job.id)).toEqual(job.dataKey);
});

test('no table with wrapped data keys is left out', async () => {
  const { rows } = await owner.pool.query<{ table_name: string }>(
    `SELECT c.table_name FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
     WHERE c.table_schema = 'public' AND c.column_name = 'master_key_id' AND t.table_type = 'BASE TABLE'`,
  );
  expect(new Set(rows.map(({ table_name }) => table_name))).toEqual(new Set(WRAPPED_PLACES));
});

test('as a command it takes its keys from a file, and shows none', async () => {
  const { id, dataKey } = await addJob();
  const folder = await temporaryFolder('keys');
  try {
    const file = join(folder.path, 'master-key');
    await writeFile(file, `${NEW},${OLD}\n`);
    const run = (args: string[], env: Record<string, string>) =>
      new Promise<{ code: unknown; out: string; said: string }>((resolve) => {
        const main = fileURLToPath(new URL('./main.ts', import.meta.url));
        execFile(process.execPath, [main, ...args], { env }, (error, out, said) =>
          resolve({ code: error ? error.code : 0, out, said }),
        );
      });
    const env = { DATABASE_WORKER_URL: database.workerUrl, MASTER_KEY_FILE: file };
    expect(await run(['status'], env)).toMatchObject({
      code: 1,
      out: expect.stringContaining('1 data keys under "2025"'),
    });
    const rotated = await run(['rotate'], env);
    expect(rotated).toMatchObject({ code: 0, said: '' });
    expect(rotated.out).not.toContain(NEW.slice('2026:'.length));
    expect(await keyOf(id)).toEqual(dataKey);
    const { out } = await run(['new', '2027'], {});
    expect(parseMasterKeys(out.trim()).currentId).toBe('2027');
    expect(await run(['rotate'], { MASTER_KEY: 'nonsense', DATABASE_WORKER_URL: 'postgres://x' })).toMatchObject({
      code: 1,
      said: 'the master key is not of the form id:base64\n',
    });
    expect(await run(['rotate'], {})).toMatchObject({
      code: 1,
      said: expect.stringContaining('MASTER_KEY is not set'),
    });
    expect(await run(['constructor'], {})).toMatchObject({ code: 1, said: expect.stringContaining('Usage') });
  } finally {
    await folder.remove();
  }
});
