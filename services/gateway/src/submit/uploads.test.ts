import { request } from 'node:http';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openTestGateway, type TestGateway } from '../test-gateway.ts';
import { png } from '../test-pictures.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await openTestGateway();
});
afterAll(() => gateway.close());

test('a body announced as larger than a job may be is refused before it comes', async () => {
  const status = await new Promise((resolve, reject) => {
    const outgoing = request(`${gateway.url}/v1/jobs`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${gateway.key}`,
        'content-type': 'multipart/form-data; boundary=x',
        'content-length': 10_000_000,
      },
    });
    outgoing.on('error', reject);
    outgoing.on('response', (incoming) => {
      incoming.resume();
      resolve(incoming.statusCode);
      outgoing.destroy();
    });
    outgoing.flushHeaders();
  });
  expect(status).toBe(413);
});

/** Sends a form piece by piece without announcing its length, to its end even when it is refused meanwhile. */
async function sendPieces(pieces: Iterable<Buffer>): Promise<{ status: number; code: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; code: string }>();
  const outgoing = request(`${gateway.url}/v1/jobs`, {
    method: 'POST',
    headers: { authorization: `Bearer ${gateway.key}`, 'content-type': 'multipart/form-data; boundary=x' },
  });
  outgoing.on('error', reject);
  outgoing.on('response', async (incoming) => {
    const body = Buffer.concat(await Array.fromAsync(incoming)).toString();
    resolve({ status: incoming.statusCode ?? 0, code: JSON.parse(body).code });
  });
  for (const piece of pieces) {
    if (!outgoing.write(piece)) await new Promise((resume) => outgoing.once('drain', resume));
  }
  outgoing.end();
  return promise;
}

test('a client that is refused early and goes on sending still reads why', async () => {
  const before = await gateway.leftovers();
  function* pieces() {
    yield Buffer.from('--x\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\n');
    for (let piece = 0; piece < 100; piece += 1) yield Buffer.alloc(65_536, 'text ');
    yield Buffer.from('\r\n--x--\r\n');
  }
  expect(await sendPieces(pieces())).toEqual({ status: 422, code: 'file_type_unsupported' });
  expect(await gateway.leftovers()).toEqual(before);
});

test('a form that goes on and on without a file is refused', async () => {
  function* pieces() {
    for (let piece = 0; piece < 120; piece += 1) yield Buffer.alloc(65_536, 'preamble ');
    yield Buffer.from('\r\n--x--\r\n');
  }
  expect(await sendPieces(pieces())).toEqual({ status: 413, code: 'job_too_large' });
});

test('a client that cuts the connection in mid-upload leaves nothing behind', async () => {
  const before = await gateway.leftovers();
  const logged = gateway.logged.length;
  const outgoing = request(`${gateway.url}/v1/jobs`, {
    method: 'POST',
    headers: { authorization: `Bearer ${gateway.key}`, 'content-type': 'multipart/form-data; boundary=x' },
  });
  outgoing.on('error', () => undefined);
  const part = '--x\r\ncontent-disposition: form-data; name="file"; filename="a.png"\r\n\r\n';
  const bytes = png({ bytes: 250_000 });
  outgoing.write(Buffer.concat([Buffer.from(part), bytes, Buffer.from(`\r\n${part}`), bytes.subarray(0, 200_000)]));
  await until(async () => (await gateway.leftovers()).blobs > before.blobs + 1);
  outgoing.destroy();
  await until(async () => gateway.logged.length > logged);
  await gateway.ports.running.settled();
  expect(await gateway.leftovers()).toEqual(before);
  expect(JSON.parse(gateway.logged.at(-1)!)).toMatchObject({ status: 499, route: '/v1/jobs' });
});

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 5));
}
