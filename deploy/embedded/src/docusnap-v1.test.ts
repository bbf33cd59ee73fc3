import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type Answered, base64, type Task, V1Client } from '../../../services/gateway/src/docusnap-v1/test-client.ts';
import { type EmbeddedRun, SAMPLE } from './testing/embedded-run.ts';
import { type Home, newHome } from './testing/home.ts';

const READY = /Ctrl-C stops it/;
/** As often as old clients ask. */
const POLL_MS = 500;

let home: Home;
beforeEach(async () => {
  home = await newHome();
});
afterEach(async () => {
  await home.remove();
});

async function start(): Promise<EmbeddedRun> {
  const system = home.start();
  await system.printed(READY);
  return system;
}

async function stop(system: EmbeddedRun): Promise<void> {
  system.signalGroup('SIGINT');
  expect((await system.ended).code).toBe(0);
}

async function ended(client: V1Client, task: Task): Promise<Answered> {
  for (;;) {
    const answer = await client.poll(task);
    if (answer.status !== 202) return answer;
    await pause(POLL_MS);
  }
}

test('a DocuSnap v1 client is served without any setting, and its work goes on after the whole system was stopped', async () => {
  let system = await start();
  const client = new V1Client(`http://127.0.0.1:${home.port}`);
  const keys = join(home.folders().secrets, 'encryption-keys.pem');
  expect((await stat(keys)).mode & 0o777).toBe(0o600);
  expect(await (await fetch(`${client.url}/api/v1/check_status`)).json()).toEqual({ server_status: 'ok' });

  const invoice = await client.seal('doc', { to_process: [base64(await readFile(SAMPLE))], file_lib: {} });
  expect((await client.submit(invoice)).status).toBe(202);
  await stop(system);
  const madeBefore = await readFile(keys, 'utf8');
  system = await start();
  expect(await readFile(keys, 'utf8')).toBe(madeBefore);
  const { status, body } = await ended(client, invoice);
  expect(status).toBe(200);
  const doc = await client.open(invoice, body.result);
  expect(JSON.stringify(doc.kv)).toContain('248.27');
  expect(doc.title).not.toBe('');

  const form = { title: 'Payment', tags: ['form'], description: '', kv: { 'Form Type': 'Payment' }, fields: ['Phone'] };
  const known = { id: 'card-1', title: 'Card', tags: [], description: '', kv: { Phone: '+49 30 123456' } };
  const fill = await client.seal('fill', { to_process: form, file_lib: { docs: [known], forms: [] } });
  expect((await client.submit(fill)).status).toBe(202);
  const filled = await ended(client, fill);
  expect(await client.open(fill, filled.body.result)).toMatchObject({
    Phone: { value: expect.stringContaining('123456'), source: { type: 'doc', resource_id: 'card-1' } },
  });
  expect((await client.clear()).body).toEqual({ status: 'ok' });
  expect((await client.poll(fill)).body.error_detail).toBe('TASK_NOT_FOUND');
  await stop(system);
});
