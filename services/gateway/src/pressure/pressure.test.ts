import { once } from 'node:events';
import { type ClientRequest, type IncomingMessage, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import express from 'express';
import { form, openTestGateway, TEST_LIMITS, type TestGateway } from '../test-gateway.ts';
import { png } from '../test-pictures.ts';
import { openPressure, PRESSURE_LIMITS } from './pressure.ts';

const PLENTY = 1024 ** 4;
const LARGE = png({ bytes: 150_000 });
const SMALL = png();

let gateway: TestGateway;
const free = { memory: PLENTY, disk: PLENTY };
beforeAll(async () => {
  gateway = await openTestGateway({ free, pressure: { uploadBytes: 250_000, jsonBytes: 250_000 } });
});
afterAll(() => gateway.close());
beforeEach(async () => {
  Object.assign(free, { memory: PLENTY, disk: PLENTY });
  gateway.refused.length = 0;
  await gateway.worker.pool.query('UPDATE backlog SET most_units = 1000, most_units_of_tenant = 1000');
  // A look at memory and disk is good for a quarter of a second.
  await new Promise((resolve) => setTimeout(resolve, 260));
});

const submit = (file: Buffer, fields: Readonly<Record<string, string>> = {}): Promise<Response> =>
  gateway.call('/v1/jobs', { method: 'POST', body: form([file], fields) });

const jsonOf = (file: Buffer): string =>
  JSON.stringify({ files: [{ name: 'a.png', content: file.toString('base64') }] });

const submitJson = (file: Buffer, query = ''): Promise<Response> =>
  gateway.call(`/v1/jobs${query}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: jsonOf(file),
  });

async function expectRefused(answer: Response, status: number, code: string, seconds: string): Promise<void> {
  expect(await answer.json()).toMatchObject({ status, code, retryable: true });
  expect(answer.headers.get('retry-after')).toBe(seconds);
  expect(gateway.refused).toEqual([code]);
  gateway.refused.length = 0;
}

/** Sends the head of a request, and what is given of its body. */
function begin(type: string, length: number | null, sent: Buffer): ClientRequest {
  const outgoing = request(`${gateway.url}/v1/jobs`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${gateway.key}`,
      'content-type': type,
      ...(length === null ? {} : { 'content-length': length }),
    },
  });
  outgoing.on('error', () => undefined);
  if (sent.length > 0) outgoing.write(sent);
  outgoing.flushHeaders();
  return outgoing;
}

async function answerOf(outgoing: ClientRequest) {
  const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
  const body = Buffer.concat(await Array.fromAsync(incoming)).toString();
  return { status: incoming.statusCode, retryAfter: incoming.headers['retry-after'], body: JSON.parse(body) };
}

const until = async (isSo: () => boolean): Promise<void> => {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 2));
};

test('with too little free memory large bodies are refused, and small ones go on', async () => {
  free.memory = 100 * 1024 ** 2;
  const before = await gateway.leftovers();
  await expectRefused(await submit(LARGE), 503, 'memory_low', '5');
  await expectRefused(await submitJson(LARGE), 503, 'memory_low', '5');
  expect(await gateway.leftovers()).toEqual(before);
  expect((await submit(SMALL)).status).toBe(202);
  expect((await gateway.call('/v1/jobs')).status).toBe(200);
});

test('with too little free disk no submit is taken, and everything else is', async () => {
  free.disk = 1024 ** 3 - 1;
  const before = await gateway.leftovers();
  await expectRefused(await submit(SMALL), 503, 'disk_low', '30');
  await expectRefused(await submitJson(SMALL), 503, 'disk_low', '30');
  expect(await gateway.leftovers()).toEqual(before);
  expect((await gateway.call('/v1/jobs')).status).toBe(200);
});

test('JSON bodies are bounded together, until they are stored, and not while their jobs are waited for', async () => {
  const body = Buffer.from(jsonOf(LARGE));
  const first = begin('application/json', body.length, body.subarray(0, 1_000));
  await until(() => gateway.ports.pressure.held().json === body.length);
  const before = await gateway.leftovers();
  await expectRefused(await submitJson(LARGE), 503, 'gateway_busy', '2');
  expect(await gateway.leftovers()).toEqual(before);
  expect((await submitJson(SMALL)).status).toBe(202);
  first.end(body.subarray(1_000));
  expect((await answerOf(first)).status).toBe(202);
  const waiting = submitJson(LARGE, '?wait=2');
  await until(() => gateway.ports.wake.held() === 1);
  expect(gateway.ports.pressure.held().json).toBe(0);
  expect((await waiting).status).toBe(202);
});

test('uploads are bounded together, those that do not say their length as if they were long', async () => {
  const type = 'multipart/form-data; boundary=x';
  const part = Buffer.from('--x\r\ncontent-disposition: form-data; name="file"; filename="a.png"\r\n\r\n');
  const unknown = begin(type, null, part);
  await until(() => gateway.ports.pressure.held().uploads === 64 * 1024 ** 2);
  // Its body is still to come: the answer does not wait for it.
  const refused = await answerOf(begin(type, 200_000, part));
  expect(refused).toMatchObject({ status: 503, body: { code: 'gateway_busy' }, retryAfter: '2' });
  unknown.end(Buffer.concat([LARGE, Buffer.from('\r\n--x--\r\n')]));
  expect((await answerOf(unknown)).status).toBe(202);
  await until(() => gateway.ports.pressure.held().uploads === 0);
  expect((await submit(LARGE)).status).toBe(202);
});

test('a client that goes away gives its room back', async () => {
  const gone = begin('application/json', 200_000, Buffer.from('{"files":'));
  await until(() => gateway.ports.pressure.held().json === 200_000);
  gone.destroy();
  await until(() => gateway.ports.pressure.held().json === 0);
});

test('a client that goes away while the disk is looked at is given no room', async () => {
  const looking = Promise.withResolvers<void>();
  const disk = Promise.withResolvers<number>();
  const pressure = openPressure(PRESSURE_LIMITS, {
    freeMemory: () => PLENTY,
    freeDisk: () => {
      looking.resolve();
      return disk.promise;
    },
    longestJson: TEST_LIMITS.jsonBytes,
    onRefusal: () => undefined,
  });
  const admitted = Promise.withResolvers<void>();
  const app = express().post('/', (incoming, response) => {
    response.once('close', () => disk.resolve(PLENTY));
    admitted.resolve(pressure.admit(incoming, response, { storesFiles: true, tenantId: 'a' }));
  });
  const server = await new Promise<Server>((resolve) => {
    const listening = app.listen(0, '127.0.0.1', () => resolve(listening));
  });
  const { port } = server.address() as AddressInfo;
  const headers = { 'content-type': 'multipart/form-data; boundary=x', 'content-length': 200_000 };
  const outgoing = request({ port, method: 'POST', headers }).on('error', () => undefined);
  outgoing.flushHeaders();
  await looking.promise;
  outgoing.destroy();
  await expect(admitted.promise).rejects.toThrow('the client closed the connection');
  expect(pressure.held().uploads).toBe(0);
  await server[Symbol.asyncDispose]();
});

test('what is announced to be longer than any job may be is refused for that, and not for want of room', async () => {
  const body = Buffer.from(jsonOf(LARGE));
  const first = begin('application/json', body.length, body.subarray(0, 1_000));
  await until(() => gateway.ports.pressure.held().json === body.length);
  for (const type of ['application/json', 'multipart/form-data; boundary=x']) {
    const { status, body: problem } = await answerOf(begin(type, 1024 ** 3, Buffer.alloc(0)));
    expect([status, problem.code]).toEqual([413, 'job_too_large']);
  }
  expect(gateway.refused).toEqual([]);
  first.end(body.subarray(1_000));
  expect((await answerOf(first)).status).toBe(202);
});

test('a client that sends before it reads sees the refusal', async () => {
  free.disk = 0;
  const outgoing = begin('multipart/form-data; boundary=x', 500_000, Buffer.alloc(400_000, 'a'));
  const answer = answerOf(outgoing);
  await new Promise((resolve) => setTimeout(resolve, 100));
  outgoing.end(Buffer.alloc(100_000, 'a'));
  expect(await answer).toMatchObject({ status: 503, body: { code: 'disk_low' }, retryAfter: '30' });
});

test('a tenant whose queue is full hears it with 429 before its files have come, and leaves nothing behind', async () => {
  const waiting = await gateway.worker.pool.query<{ units: number }>('SELECT count(*)::integer AS units FROM units');
  const units = waiting.rows[0]!.units;
  await gateway.worker.pool.query('UPDATE backlog SET most_units_of_tenant = $1', [units + 1]);
  const before = await gateway.leftovers();
  const split = { method: 'POST', body: form([SMALL, SMALL], { options: '{"split":true}' }) };
  await expectRefused(await gateway.call('/v1/jobs', split), 429, 'tenant_queue_full', '30');
  await gateway.ports.running.settled();
  expect(await gateway.leftovers()).toEqual(before);
  expect((await submit(SMALL)).status).toBe(202);
  const full = await gateway.leftovers();
  const outgoing = begin('multipart/form-data; boundary=x', 100_000, Buffer.alloc(0));
  expect(await answerOf(outgoing)).toMatchObject({
    status: 429,
    body: { code: 'tenant_queue_full' },
    retryAfter: '30',
  });
  await expectRefused(await submit(SMALL), 429, 'tenant_queue_full', '30').catch(() => undefined);
  const key = await gateway.addKey({ scopes: ['write'], tenantId: await gateway.addTenant() });
  await gateway.ports.running.settled();
  expect(await gateway.leftovers()).toEqual(full);
  expect((await gateway.call('/v1/jobs', { key, method: 'POST', body: form([SMALL]) })).status).toBe(202);
});

test('a system whose queue is full says so with 503 and when pages will have been read', async () => {
  const { rows } = await gateway.worker.pool.query<{ units: number }>('SELECT count(*)::integer AS units FROM units');
  await gateway.worker.pool.query('UPDATE backlog SET most_units = $1', [rows[0]!.units - 1]);
  await gateway.worker.pool.query('SELECT count_backlog()');
  await gateway.worker.pool.query("INSERT INTO workers VALUES ('ocr', 1, 4000, now())");
  const before = await gateway.leftovers();
  // Two too many, at four seconds a page.
  await expectRefused(await submit(SMALL), 503, 'queue_full', '8');
  await gateway.ports.running.settled();
  expect(await gateway.leftovers()).toEqual(before);
});

test('a submit alone larger than what may wait is refused for good', async () => {
  await gateway.worker.pool.query('UPDATE backlog SET most_units_of_tenant = 1');
  const answer = await gateway.call('/v1/jobs', { method: 'POST', body: form([SMALL, SMALL]) });
  expect(await answer.json()).toMatchObject({ status: 413, code: 'larger_than_queue', retryable: false });
  expect(answer.headers.get('retry-after')).toBeNull();
});
