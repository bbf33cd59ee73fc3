import { request } from 'node:http';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { png } from '../test-pictures.ts';
import { networkOf } from './address.ts';
import { openBodyRoom } from './body-room.ts';
import { V1_LIMITS } from './limits.ts';
import { base64, sha256, V1Client } from './test-client.ts';
import { openV1Stage, type V1Stage } from './test-stage.ts';
import { openThrottle } from './throttle.ts';

const PICTURE = base64(png({ width: 40, height: 30 }));
const MIB = 1024 * 1024;
const PROCESSING = { status: 202, retryAfter: null, body: { status: 'processing' } };
const LATER = { status: 503, retryAfter: expect.stringMatching(/^[1-9]\d*$/), body: { status: 'unavailable' } };

let stage: V1Stage;
beforeAll(async () => {
  stage = await openV1Stage();
});
afterEach(() => stage.clear());
afterAll(() => stage.close());

const inner = () => ({ to_process: [PICTURE], file_lib: {} });

test.each([
  ['a client', { requestsPerSecondOfClient: 0.001, burstSeconds: 3_000 }],
  ['an address', { requestsPerSecondOfAddress: 0.001, burstSeconds: 3_000 }],
  ['all together', { requestsPerSecond: 0.001, burstSeconds: 3_000 }],
])(
  'polls of %s that come too often are told that it is being worked on, submits to come later',
  async (_who, limits) => {
    const { url } = await stage.start({ limits });
    const client = new V1Client(url);
    const task = await client.seal('doc', inner());
    // Three requests, and no more for a long time.
    expect(await client.submit(task)).toEqual(PROCESSING);
    await stage.sql("UPDATE v1_tasks SET status = 'error', error_detail = 'LLM_FAILURE'");
    expect((await client.poll(task)).status).toBe(400);
    expect((await client.poll(task)).status).toBe(400);
    expect(await client.poll(task)).toEqual(PROCESSING);
    expect(await client.submit(task)).toEqual(LATER);
    expect(await client.clear()).toMatchObject({ status: 503, body: { error: 'CACHE_CLEAR_FAILED' } });
  },
);

test.each([
  ['of a client', { tasksOfClient: 2 }, true],
  ['from an address', { tasksOfAddress: 2 }, false],
  ['of all', { tasks: 2 }, false],
])(
  'more tasks %s than may work at a time come later, and find room when one has ended',
  async (_whose, limits, sameClient) => {
    const { url } = await stage.start({ limits });
    const first = new V1Client(url);
    const clientOf = () => (sameClient ? first : new V1Client(url));
    const tasks = [];
    for (let count = 0; count < 2; count += 1) {
      const client = clientOf();
      const task = await client.seal('doc', inner());
      expect(await client.submit(task)).toEqual(PROCESSING);
      tasks.push({ client, task });
    }
    const client = clientOf();
    const task = await client.seal('doc', inner());
    expect(await client.submit(task)).toEqual(LATER);
    // One that is there is not one more.
    expect(await tasks[0]!.client.submit(tasks[0]!.task)).toEqual(PROCESSING);
    await stage.readPages('A page', 'Another page');
    await stage.understand();
    expect(await client.submit(task)).toEqual(PROCESSING);
  },
);

test('by address nothing is limited where a proxy makes all come from one', async () => {
  const { url } = await stage.start({ limits: { byAddress: false, tasksOfAddress: 0, requestsPerSecondOfAddress: 0 } });
  const client = new V1Client(url);
  expect(await client.submit(await client.seal('doc', inner()))).toEqual(PROCESSING);
});

test('a body that is too long is refused for good, announced or not', async () => {
  const { url } = await stage.start({ limits: { bodyBytes: 200_000 } });
  const client = new V1Client(url);
  const task = await client.seal('doc', { to_process: [base64(png({ width: 40, height: 30, bytes: 150_000 }))] });
  const tooLong = { status: 400, body: { status: 'error', error_detail: 'INVALID_JSON' } };
  expect(await client.submit(task)).toMatchObject(tooLong);
  const body = JSON.stringify({
    client_id: client.clientId,
    type: 'doc',
    SHA256: task.sha256,
    has_content: true,
    content: task.content,
  });
  expect(await sendInPieces(`${url}/api/v1/process`, body)).toMatchObject(tooLong);
});

test('a body of 40 MiB in pieces without a length goes through, and a picture that is too large is a failure of its reading', async () => {
  const { url, settled } = await stage.start();
  const client = new V1Client(url);
  const image = base64(png({ width: 40, height: 30, bytes: 20 * MIB }));
  const task = await client.seal('doc', { to_process: [image], file_lib: {} });
  const body = JSON.stringify({
    client_id: client.clientId,
    type: 'doc',
    SHA256: task.sha256,
    has_content: true,
    content: task.content,
    aes_key: task.aesKey,
  });
  const before = performance.now();
  expect(await sendInPieces(`${url}/api/v1/process`, body)).toMatchObject({ status: 202 });
  process.stdout.write(`${(body.length / MIB).toFixed(1)} MiB: ${Math.round(performance.now() - before)} ms\n`);
  expect((await client.poll(task)).body.error_detail).toBe('OCR_FAILURE');
  await settled();
  expect(await stage.base.leftovers()).toEqual({ rows: 0, blobs: 0 });
});

test('where there is no room for one more large body it comes later, while polls are answered', async () => {
  const { url } = await stage.start({ limits: { heldBytes: 300_000 } });
  const client = new V1Client(url);
  const held = request(`${url}/api/v1/process`, { method: 'POST', headers: { 'content-length': 250_000 } });
  held.on('error', () => undefined);
  held.write(Buffer.alloc(1_000));
  const task = await client.seal('doc', {
    to_process: [base64(png({ width: 40, height: 30, bytes: 90_000 }))],
    file_lib: {},
  });
  // Until the first has arrived there.
  let answer = await client.submit(task);
  for (let tries = 0; answer.status === 202 && tries < 50; tries += 1) {
    await client.clear();
    answer = await client.submit(task);
  }
  expect(answer).toEqual(LATER);
  expect((await client.poll({ type: 'doc', sha256: await sha256('none') })).body.error_detail).toBe('TASK_NOT_FOUND');
  held.destroy();
  for (let tries = 0; answer.status === 503 && tries < 50; tries += 1) answer = await client.submit(task);
  expect(answer).toEqual(PROCESSING);
});

test('JSON of nothing but brackets, or of more values than anybody sends, is refused and does no harm', async () => {
  const { url } = await stage.start();
  const client = new V1Client(url);
  const fields = `{"client_id": "${client.clientId}", "type": "doc", "SHA256": "${'ab'.repeat(32)}", "has_content": true, "content": `;
  for (const bomb of ['['.repeat(10 * MIB), `[${'[],'.repeat(3 * MIB)}[]]`]) {
    expect(await client.post('process', `${fields}${bomb}}`)).toMatchObject({
      status: 400,
      body: { error_detail: 'INVALID_JSON' },
    });
  }
  expect(await client.submit(await client.seal('doc', inner()))).toEqual(PROCESSING);
});

test('tokens grow back steadily, for each who asks apart', () => {
  let time = 0;
  const limits = { ...V1_LIMITS, requestsPerSecondOfClient: 2, burstSeconds: 2 };
  const throttle = openThrottle(limits, () => time);
  const take = (count: number, client: string) => Array.from({ length: count }, () => throttle.takeOfClient(client));
  expect(take(5, 'a')).toEqual([true, true, true, true, false]);
  expect(take(1, 'b')).toEqual([true]);
  time += 500;
  expect(take(2, 'a')).toEqual([true, false]);
  time += 60_000;
  expect(take(5, 'a')).toEqual([true, true, true, true, false]);
});

test('room for bodies is given back, and one address cannot have it all', () => {
  const room = openBodyRoom({ ...V1_LIMITS, heldBytes: 100, heldBytesOfAddress: 60 });
  const first = room.take('a', 60);
  expect(first).not.toBeNull();
  expect(room.take('a', 1)).toBeNull();
  expect(room.take('b', 41)).toBeNull();
  const second = room.take('b', 40);
  first?.giveBack();
  expect(room.take('a', 60)).not.toBeNull();
  second?.giveBack();
});

test.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8:1:2::9', '2001:db8:1:2::/64'],
  ['2001:DB8::9', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
])('%s counts as %s', (address, counted) => {
  expect(networkOf(address)).toBe(counted);
});

/** As a body whose length nobody knows beforehand. */
function sendInPieces(url: string, body: string): Promise<{ status: number | undefined; body: unknown }> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method: 'POST', headers: { 'transfer-encoding': 'chunked' } });
    outgoing.on('error', reject);
    outgoing.on('response', async (incoming) => {
      const text = Buffer.concat(await Array.fromAsync(incoming)).toString();
      resolve({ status: incoming.statusCode, body: JSON.parse(text) });
    });
    for (let at = 0; at < body.length; at += MIB) outgoing.write(body.slice(at, at + MIB));
    outgoing.end();
  });
}
