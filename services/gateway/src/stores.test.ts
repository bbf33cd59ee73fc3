import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { jobContext, parseMasterKeys, unwrapDataKey } from '@docusnap/blobs';
import { closeDatabase, jobKey, openDatabase } from '@docusnap/db';
import {
  freePort,
  type S3Server,
  startS3,
  type TemporaryFolder,
  type TestDatabase,
  temporaryFolder,
  testDatabase,
} from '@docusnap/testing';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { newApiKey } from './keys/api-key.ts';
import { form } from './test-gateway.ts';
import { png } from './test-pictures.ts';

const KEY = randomBytes(32);
let database: TestDatabase;
let folder: TemporaryFolder;
let s3: S3Server;
let vault: Server;
let vaultUrl: string;
let environment: Record<string, string>;

beforeAll(async () => {
  [database, folder, s3] = await Promise.all([testDatabase(), temporaryFolder('stores'), startS3()]);
  vault = createServer((request, response) => {
    const isRight = request.headers['x-vault-token'] === 's.right';
    const body = isRight ? { data: { plaintext: KEY.toString('base64') } } : { errors: ['permission denied'] };
    request.resume().on('end', () => response.writeHead(isRight ? 200 : 403).end(JSON.stringify(body)));
  });
  const port = await freePort();
  await new Promise<void>((resolve) => vault.listen(port, '127.0.0.1', resolve));
  vaultUrl = `http://127.0.0.1:${port}`;
  await writeFile(join(folder.path, 'token'), 's.right\n');
  environment = {
    PATH: process.env.PATH ?? '',
    PORT: String(await freePort()),
    METRICS_PORT: String(await freePort()),
    DATABASE_URL: database.apiUrl,
    DATABASE_DIRECT_URL: database.directApiUrl,
    DATABASE_WORKER_URL: database.workerUrl,
    MASTER_KEY: 'k1:vault:transit/docusnap:vault:v1:AAAA',
    VAULT_ADDR: vaultUrl,
    VAULT_TOKEN_FILE: join(folder.path, 'token'),
    ...s3.variables('installation'),
  };
});
afterAll(async () => {
  vault.closeAllConnections();
  await new Promise((resolve) => vault.close(resolve));
  await s3.stop();
  await database.drop();
  await folder.remove();
});

function start(change: Record<string, string> = {}) {
  const main = fileURLToPath(new URL('./main.ts', import.meta.url));
  const env = { ...environment, ...change };
  const child = spawn(process.execPath, [main], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  const listening = Promise.withResolvers<void>();
  const exited = new Promise<number | null>((resolve) => child.on('exit', resolve));
  child.stdout.on('data', (chunk) => {
    output += chunk;
    if (output.includes('"listening"')) listening.resolve();
  });
  void exited.then(() => listening.reject(new Error(output)));
  listening.promise.catch(() => undefined);
  return { child, exited, listening: listening.promise, output: () => output };
}

test('files go to S3 under a data key that the master key from Vault wraps, and are gone from there once the job is erased', async () => {
  const key = newApiKey();
  await writeFile(join(folder.path, 'api-key'), key);
  const gateway = start({ BOOTSTRAP_API_KEY_FILE: join(folder.path, 'api-key') });
  await gateway.listening;
  const url = `http://127.0.0.1:${environment.PORT}`;
  const headers = { authorization: `Bearer ${key}` };
  expect(await (await fetch(`${url}/readyz`)).json()).toMatchObject({ ready: true });
  const answer = await fetch(`${url}/v1/jobs`, { method: 'POST', headers, body: form([png()]) });
  expect(answer.status).toBe(202);
  const { id } = (await answer.json()) as { id: string };
  expect(await s3.objects()).toEqual([`installation/jobs/${id}/files/0`]);
  const owner = openDatabase(database.ownerUrl);
  const { rows } = await owner.pool.query<{ tenant_id: string }>('SELECT tenant_id FROM jobs');
  const wrapped = await jobKey(owner, rows[0]!.tenant_id, id);
  expect(unwrapDataKey(parseMasterKeys(`k1:${KEY.toString('base64')}`), wrapped, jobContext(id))).toHaveLength(32);
  await closeDatabase(owner);
  expect((await fetch(`${url}/v1/jobs/${id}`, { method: 'DELETE', headers })).ok).toBe(true);
  while ((await s3.objects()).length > 0) await new Promise((resolve) => setTimeout(resolve, 20));
  gateway.child.kill('SIGTERM');
  expect(await gateway.exited).toBe(0);
});

test.each([
  [
    'Vault refuses the token',
    { VAULT_TOKEN: 's.wrong' },
    /MASTER_KEY cannot be used: .*refused it with 403 \(permission denied\)\./,
  ],
  ['Vault is not there', { VAULT_ADDR: 'http://127.0.0.1:1' }, /MASTER_KEY cannot be used: .*does not answer/],
  ['nothing names a store', { BLOB_S3: '' }, /BLOB_DIR is not set/],
])('when %s the process says so in a sentence and ends with 1', async (_what, change, sentence) => {
  const gateway = start(change);
  expect(await gateway.exited).toBe(1);
  expect(gateway.output()).toMatch(sentence);
  expect(gateway.output()).not.toContain('    at ');
});
