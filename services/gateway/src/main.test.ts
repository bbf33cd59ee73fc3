import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { newMasterKey } from '@docusnap/blobs';
import { closeDatabase, openDatabase } from '@docusnap/db';
import {
  freePort,
  type TemporaryFolder,
  type TestDatabase,
  temporaryFolder,
  testDatabase,
  undocumented,
  untilServed,
} from '@docusnap/testing';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { newApiKey } from './keys/api-key.ts';
import { form } from './test-gateway.ts';
import { png } from './test-pictures.ts';

let database: TestDatabase;
let folder: TemporaryFolder;
let environment: Record<string, string>;
beforeAll(async () => {
  database = await testDatabase();
  folder = await temporaryFolder('gateway');
  environment = {
    PORT: String(await freePort()),
    METRICS_PORT: String(await freePort()),
    DATABASE_URL: database.apiUrl,
    DATABASE_DIRECT_URL: database.directApiUrl,
    DATABASE_WORKER_URL: database.workerUrl,
    BLOB_DIR: folder.path,
    MASTER_KEY: newMasterKey('test'),
  };
});
afterAll(async () => {
  await database.drop();
  await folder.remove();
});

/** The gateway as a process of its own. */
function start(extra: Record<string, string | undefined> = {}, args: readonly string[] = []) {
  const main = fileURLToPath(new URL('./main.ts', import.meta.url));
  const child = spawn(process.execPath, [main, ...args], {
    env: { PATH: process.env.PATH, ...environment, ...extra },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  const listening = Promise.withResolvers<void>();
  child.stdout.on('data', (chunk) => {
    output += chunk;
    if (/"(?:listening|ready)"/.test(output)) listening.resolve();
  });
  const exited = new Promise<number | null>((resolve) => child.on('exit', resolve));
  void exited.then(() => listening.reject(new Error(`It ended: ${output}`)));
  listening.promise.catch(() => undefined);
  return { child, listening: listening.promise, exited, output: () => output };
}

test('the process serves the API and its metrics, sweeps, and ends with 0 when told to', async () => {
  const keyFile = join(folder.path, 'api-key');
  const key = newApiKey();
  await writeFile(keyFile, key);
  const gateway = start({ BOOTSTRAP_API_KEY_FILE: keyFile });
  await gateway.listening;
  const url = `http://127.0.0.1:${environment.PORT}`;
  expect(await (await untilServed(() => fetch(`${url}/readyz`))).json()).toMatchObject({ ready: true });
  const headers = { authorization: `Bearer ${key}` };
  const answer = await untilServed(() => fetch(`${url}/v1/jobs`, { method: 'POST', body: form([png()]), headers }));
  expect(answer.status).toBe(202);
  const scrape = async () => (await fetch(`http://127.0.0.1:${environment.METRICS_PORT}/metrics`)).text();
  let metrics = await scrape();
  while (!metrics.includes('docusnap_units{lane="read",state="waiting"} 1')) metrics = await scrape();
  expect(undocumented(metrics, 'gateway')).toEqual([]);
  // Of prom-client; dashboards and runbooks ask for these two.
  expect(metrics).toMatch(/^process_resident_memory_bytes \d/m);
  expect(metrics).toMatch(/^process_cpu_seconds_total \d/m);
  // The bell of the job is lost; the sweep rings another.
  const worker = openDatabase(database.ownerUrl);
  const bells = async () => (await worker.pool.query('SELECT count(*)::int AS bells FROM bullmq.job')).rows[0].bells;
  await worker.pool.query('DELETE FROM bullmq.job');
  while ((await bells()) === 0) await new Promise((resolve) => setTimeout(resolve, 100));
  await closeDatabase(worker);
  const held = fetch(`${url}/v1/jobs?wait=60`, { method: 'POST', body: form([png()]), headers });
  while (!(await scrape()).includes('held_requests 1')) await new Promise((resolve) => setTimeout(resolve, 20));
  gateway.child.kill('SIGTERM');
  expect((await held).status).toBe(202);
  expect(await gateway.exited).toBe(0);
  expect(gateway.output()).not.toContain(key.slice(12));
});

/** Streams a form of `files` PNGs of 24 MB. */
function* largeForm(files: number): Generator<Buffer> {
  const piece = randomBytes(1024 * 1024);
  for (let file = 0; file < files; file += 1) {
    yield Buffer.from(`--x\r\ncontent-disposition: form-data; name="file"; filename="${file}.png"\r\n\r\n`);
    yield png();
    for (let sent = 0; sent < 24; sent += 1) yield piece;
    yield Buffer.from('\r\n');
  }
  yield Buffer.from('--x--\r\n');
}

test('a job of 192 MB is taken in without being held in memory', async () => {
  const keyFile = join(folder.path, 'api-key-2');
  const key = newApiKey();
  await writeFile(keyFile, key);
  const gateway = start({ BOOTSTRAP_API_KEY_FILE: keyFile });
  await gateway.listening;
  const resident = async () => {
    const text = await (await fetch(`http://127.0.0.1:${environment.METRICS_PORT}/metrics`)).text();
    return Number(/process_resident_memory_bytes (\d+)/.exec(text)?.[1]);
  };
  const before = await resident();
  let most = before;
  const answered = Promise.withResolvers<number | undefined>();
  const outgoing = request(`http://127.0.0.1:${environment.PORT}/v1/jobs`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'multipart/form-data; boundary=x' },
  });
  outgoing.on('error', answered.reject);
  outgoing.on('response', (incoming) => {
    incoming.resume();
    answered.resolve(incoming.statusCode);
  });
  for (const piece of largeForm(8)) {
    if (!outgoing.write(piece)) await new Promise((resume) => outgoing.once('drain', resume));
    most = Math.max(most, await resident());
  }
  outgoing.end();
  expect(await answered.promise).toBe(202);
  expect((most - before) / 1024 / 1024).toBeLessThan(150);
  gateway.child.kill('SIGTERM');
  expect(await gateway.exited).toBe(0);
});

test.each([
  [
    'nothing is set',
    { DATABASE_URL: '', DATABASE_WORKER_URL: '', BLOB_DIR: '', MASTER_KEY: '' },
    ['DATABASE_URL is not set', 'MASTER_KEY is not set'],
  ],
  ['the master key is none', { MASTER_KEY: 'k:abc' }, ['MASTER_KEY cannot be used', 'not 32']],
  ['the bootstrap file is missing', { BOOTSTRAP_API_KEY_FILE: '/nowhere/key' }, ['/nowhere/key cannot be read']],
])('when %s the process says so in a sentence and ends with 1', async (_what, extra, words) => {
  const gateway = start(extra);
  expect(await gateway.exited).toBe(1);
  for (const word of words) expect(gateway.output()).toContain(word);
  expect(gateway.output()).not.toContain('    at ');
});

test('a port that is taken is named', async () => {
  const first = start();
  await first.listening;
  const second = start({ METRICS_PORT: String(await freePort()) });
  expect(await second.exited).toBe(1);
  expect(second.output()).toContain(`127.0.0.1:${environment.PORT} is in use`);
  first.child.kill('SIGTERM');
  expect(await first.exited).toBe(0);
});

test('with the role of understanding it serves no API, and another role is refused', async () => {
  const lane = start({}, ['--role', 'understand']);
  await lane.listening;
  await expect(fetch(`http://127.0.0.1:${environment.PORT}/readyz`)).rejects.toThrow();
  const asked = async (path: string) => fetch(`http://127.0.0.1:${environment.METRICS_PORT}${path}`);
  expect((await asked('/metrics')).status).toBe(200);
  expect(await (await asked('/healthz')).json()).toEqual({ alive: true });
  const ready = await asked('/readyz');
  expect([ready.status, await ready.json()]).toEqual([
    200,
    { ready: true, checks: { database: 'ok', storage: 'ok', queue: 'ok' } },
  ]);
  lane.child.kill('SIGTERM');
  expect(await lane.exited).toBe(0);
  const wrong = start({}, ['--role', 'cook']);
  expect(await wrong.exited).not.toBe(0);
});
