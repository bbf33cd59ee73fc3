import { spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { newMasterKey } from '@docusnap/blobs';
import { closeDatabase, openDatabase } from '@docusnap/db';
import { freePort, type TemporaryFolder, type TestDatabase, temporaryFolder, testDatabase } from '@docusnap/testing';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { newApiKey } from '../keys/api-key.ts';
import { form } from '../test-gateway.ts';
import { png } from '../test-pictures.ts';

let database: TestDatabase;
let folder: TemporaryFolder;
beforeEach(async () => {
  [database, folder] = await Promise.all([testDatabase(), temporaryFolder('reload')]);
});
afterEach(async () => {
  await Promise.all([database.drop(), folder.remove()]);
});

const newRsaKey = (): string =>
  generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();

/** At once, as a mounted file changes. */
async function write(name: string, content: string): Promise<void> {
  await writeFile(join(folder.path, `${name}.new`), content);
  await rename(join(folder.path, `${name}.new`), join(folder.path, name));
}

test('a gateway takes limits, log level and keys from its files while it serves, and refuses what it cannot use', async () => {
  const port = await freePort();
  const key = newApiKey();
  const file = (name: string): string => join(folder.path, name);
  const [older, newer] = [newMasterKey('old'), newMasterKey('new')];
  const rsa = newRsaKey();
  await write('api-key', key);
  await write('config', 'MAX_IMAGE_BYTES=1000000\nLOG_LEVEL=info\n');
  await write('master-key', older);
  await write('v1-keys', rsa);
  const child = spawn(process.execPath, [fileURLToPath(new URL('../main.ts', import.meta.url))], {
    env: {
      PATH: process.env.PATH,
      PORT: String(port),
      METRICS_PORT: '0',
      DATABASE_URL: database.apiUrl,
      DATABASE_DIRECT_URL: database.directApiUrl,
      DATABASE_WORKER_URL: database.workerUrl,
      BLOB_DIR: file('blobs'),
      MASTER_KEY_FILE: file('master-key'),
      DOCUSNAP_V1: 'on',
      DOCUSNAP_V1_KEYS_FILE: file('v1-keys'),
      BOOTSTRAP_API_KEY_FILE: file('api-key'),
      CONFIG_FILE: file('config'),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = new Promise<number | null>((resolve) => child.on('exit', resolve));
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  const said = async (words: string): Promise<void> => {
    while (!output.includes(words)) await pause(50);
    output = output.slice(output.indexOf(words) + words.length);
  };
  const url = `http://127.0.0.1:${port}`;
  const submit = async (): Promise<[number, unknown]> => {
    const answer = await fetch(`${url}/v1/jobs`, {
      method: 'POST',
      body: form([png()]),
      headers: { authorization: `Bearer ${key}` },
    });
    return [answer.status, ((await answer.json()) as { code?: string }).code];
  };
  const offered = async (): Promise<number> =>
    ((await (await fetch(`${url}/v1/encryption-keys`)).json()) as { keys: unknown[] }).keys.length;

  await said('"listening"');
  expect(await submit()).toEqual([202, undefined]);
  expect(await offered()).toBe(1);

  await write('config', 'MAX_IMAGE_BYTES=10\nLOG_LEVEL=nonsense\n');
  child.kill('SIGHUP');
  await said('the changed configuration is refused');
  expect(await submit()).toEqual([202, undefined]);

  await write('config', 'MAX_IMAGE_BYTES=10\nLOG_LEVEL=info\n');
  await write('master-key', `${newer},${older}`);
  await write('v1-keys', `${newRsaKey()}\n${rsa}`);
  await said('is in force');
  expect(await submit()).toEqual([413, 'file_too_large']);
  expect(await offered()).toBe(2);

  await write('config', 'LOG_LEVEL=info\n');
  await said('is in force');
  expect(await submit()).toEqual([202, undefined]);
  const owner = openDatabase(database.ownerUrl, { poolSize: 1 });
  const { rows } = await owner.pool.query(
    'SELECT master_key_id AS id, count(*)::int AS jobs FROM jobs GROUP BY 1 ORDER BY 1',
  );
  await closeDatabase(owner);
  expect(rows).toEqual([
    { id: 'new', jobs: 1 },
    { id: 'old', jobs: 2 },
  ]);
  child.kill('SIGTERM');
  expect(await exited).toBe(0);
});
