import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { newMasterKey } from '@docusnap/blobs';
import { freePort, type TemporaryFolder, type TestDatabase, temporaryFolder, testDatabase } from '@docusnap/testing';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { base64, V1Client } from './test-client.ts';
import { newPrivatePem } from './test-stage.ts';

const MIB = 1024 * 1024;

let database: TestDatabase;
let folder: TemporaryFolder;
let gateway: ChildProcess;
let exited: Promise<number | null>;
let metricsUrl: string;
let client: V1Client;
beforeAll(async () => {
  database = await testDatabase();
  folder = await temporaryFolder('v1');
  const keys = join(folder.path, 'keys.pem');
  await writeFile(keys, newPrivatePem(), { mode: 0o600 });
  const [port, metricsPort] = [await freePort(), await freePort()];
  gateway = spawn(process.execPath, [fileURLToPath(new URL('../main.ts', import.meta.url))], {
    env: {
      PATH: process.env.PATH,
      PORT: String(port),
      METRICS_PORT: String(metricsPort),
      DATABASE_URL: database.apiUrl,
      DATABASE_DIRECT_URL: database.directApiUrl,
      DATABASE_WORKER_URL: database.workerUrl,
      BLOB_DIR: join(folder.path, 'blobs'),
      MASTER_KEY: newMasterKey('test'),
      DOCUSNAP_V1: 'on',
      DOCUSNAP_V1_KEYS_FILE: keys,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  exited = new Promise((resolve) => gateway.on('exit', resolve));
  await new Promise<void>((resolve, reject) => {
    let output = '';
    gateway.stdout!.on('data', (chunk) => {
      output += String(chunk);
      if (output.includes('"listening"')) resolve();
    });
    gateway.on('exit', () => reject(new Error(output)));
  });
  metricsUrl = `http://127.0.0.1:${metricsPort}/metrics`;
  client = new V1Client(`http://127.0.0.1:${port}`);
});
afterAll(async () => {
  gateway.kill('SIGKILL');
  await exited;
  await database.drop();
  await folder.remove();
});

/** Of the gateway: MiB of memory, and milliseconds that its main loop was late since this was last asked. */
async function health(): Promise<{ mib: number; lateMs: number }> {
  const text = await (await fetch(metricsUrl)).text();
  const value = (name: string) => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
  return {
    mib: value('process_resident_memory_bytes') / MIB,
    lateMs: value('docusnap_event_loop_delay_p99_seconds') * 1_000,
  };
}

test('many large bodies at once take a bounded memory, leave the main loop free, and those for which there is no room come later', async () => {
  // Pictures that are none: 22 MiB of noise, so that nothing is stored of them.
  const task = await client.seal('doc', { to_process: [base64(randomBytes(22 * MIB))], file_lib: {} });
  const fields = { type: 'doc', SHA256: task.sha256, has_content: true, content: task.content, aes_key: task.aesKey };
  const before = await health();
  const all = Promise.all(Array.from({ length: 6 }, () => new V1Client(client.url).process(fields)));
  const seen = [before];
  for (let answered = false; !answered; ) {
    answered = await Promise.race([all.then(() => true), new Promise<false>((next) => setTimeout(next, 50, false))]);
    seen.push(await health());
  }
  const answers = await all;
  const more = Math.max(...seen.map(({ mib }) => mib)) - before.mib;
  // The middle one: a busy machine leaves the process without a core now and then.
  const late = seen.map(({ lateMs }) => lateMs).toSorted((a, b) => a - b)[Math.floor(seen.length / 2)]!;
  const statuses = answers.map(({ status }) => status);
  process.stdout.write(
    `${statuses.join(' ')}, ${Math.round(more)} MiB more, the loop late by ${Math.round(late)} ms\n`,
  );
  expect(new Set(statuses)).toEqual(new Set([202, 503]));
  for (const { status, retryAfter } of answers) if (status === 503) expect(retryAfter).toBe('5');
  expect(more).toBeLessThan(1_000);
  expect(late).toBeLessThan(1_000);
});

test('told to stop, the process ends with 0, its thread and its sweep too', async () => {
  gateway.kill('SIGTERM');
  expect(await exited).toBe(0);
});
