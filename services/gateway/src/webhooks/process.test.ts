import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { newMasterKey } from '@docusnap/blobs';
import { claimUnit, closeDatabase, type Database, openDatabase, saveOpenedFile, savePage } from '@docusnap/db';
import {
  freePort,
  type TemporaryFolder,
  type TestDatabase,
  temporaryFolder,
  testDatabase,
  untilServed,
} from '@docusnap/testing';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { newApiKey } from '../keys/api-key.ts';
import { form } from '../test-gateway.ts';
import { pdf } from '../test-pictures.ts';

interface Message {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

let database: TestDatabase;
let worker: Database;
let folder: TemporaryFolder;
let receiver: Server;
let received: Message[];
let environment: Record<string, string>;
const key = newApiKey();
beforeAll(async () => {
  database = await testDatabase();
  worker = openDatabase(database.workerUrl);
  folder = await temporaryFolder('gateway');
  await writeFile(join(folder.path, 'key'), key);
  received = [];
  // The first message is never answered.
  receiver = createServer(async (request, response) => {
    const body = Buffer.concat(await Array.fromAsync(request)).toString('utf8');
    received.push({ headers: request.headers, body });
    if (received.length > 1) response.writeHead(200).end();
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  environment = {
    DATABASE_URL: database.apiUrl,
    DATABASE_DIRECT_URL: database.directApiUrl,
    DATABASE_WORKER_URL: database.workerUrl,
    BLOB_DIR: join(folder.path, 'blobs'),
    MASTER_KEY: newMasterKey('test'),
    BOOTSTRAP_API_KEY_FILE: join(folder.path, 'key'),
    FETCH_PUBLIC: 'off',
    FETCH_ALLOW: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`,
  };
});
afterAll(async () => {
  receiver.closeAllConnections();
  await new Promise((resolve) => receiver.close(resolve));
  await closeDatabase(worker);
  await database.drop();
  await folder.remove();
});

/** A gateway as a process of its own, once it listens. */
async function startGateway() {
  const main = fileURLToPath(new URL('../main.ts', import.meta.url));
  const ports = { PORT: String(await freePort()), METRICS_PORT: String(await freePort()) };
  const child = spawn(process.execPath, [main], {
    env: { PATH: process.env.PATH, ...environment, ...ports },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = new Promise((resolve) => child.on('exit', resolve));
  await new Promise<void>((resolve) => {
    let output = '';
    child.stdout.on('data', (piece) => {
      output += String(piece);
      if (output.includes('"listening"')) resolve();
    });
  });
  const call = async (path: string, init: RequestInit) => {
    const headers = { ...init.headers, authorization: `Bearer ${key}` };
    const ask = () => fetch(`http://127.0.0.1:${ports.PORT}${path}`, { method: 'POST', ...init, headers });
    return (await untilServed(ask)).json();
  };
  return { child, exited, call };
}

async function receivedCount(count: number): Promise<void> {
  while (received.length < count) await new Promise((resolve) => setTimeout(resolve, 20));
}

test('an event in hand of a gateway that is killed is delivered by another, the same and signed alike', async () => {
  const first = await startGateway();
  const { secret } = await first.call('/v1/webhooks', {
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ url: `${environment.FETCH_ALLOW}/in` }),
  });
  const { id } = await first.call('/v1/jobs', { body: form([pdf()]) });
  const file = await claimUnit(worker, { holder: 'test' });
  await saveOpenedFile(worker, file!, { frames: 1 });
  const page = await claimUnit(worker, { holder: 'test' });
  await savePage(worker, page!, { sealed: Buffer.from('sealed'), stages: { read: 1 } });
  await receivedCount(1);
  first.child.kill('SIGKILL');
  await first.exited;
  const { rows } = await worker.pool.query('SELECT status, attempt FROM webhook_events');
  expect(rows).toEqual([{ status: 'pending', attempt: 1 }]);
  // As if the lease's 30 seconds had passed.
  await worker.pool.query("UPDATE webhook_events SET leased_until = now() - interval '1 s'");
  const second = await startGateway();
  await receivedCount(2);
  const events = received.map(({ headers, body }) =>
    new Webhook(secret).verify(body, headers as Record<string, string>),
  );
  expect(events[0]).toMatchObject({ type: 'job.completed', data: { id } });
  expect(events[1]).toEqual(events[0]);
  second.child.kill('SIGTERM');
  expect(await second.exited).toBe(0);
});
