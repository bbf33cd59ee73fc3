import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { type Answering, openTestHost, type TestHost, until } from '../../fetch/test-host.ts';
import { openTestGateway, type TestGateway } from '../../test-gateway.ts';
import { png } from '../../test-pictures.ts';

const URL_OF_FILE = 'https://files.example/a.png';

let gateway: TestGateway;
let host: TestHost;
beforeAll(async () => {
  host = await openTestHost(['files.example'], { connectMs: 2_000, silentMs: 60_000, totalMs: 60_000 });
  gateway = await openTestGateway({ reach: host.reach });
});
afterAll(async () => {
  await gateway.close();
  await host.close();
});
beforeEach(() => {
  host.forget();
  Object.assign(host.names, { 'files.example': ['93.184.216.34'] });
});

const post = (to: TestGateway, file: object = { url: URL_OF_FILE }, init: RequestInit = {}): Promise<Response> =>
  to.call('/v1/jobs', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ files: [file] }),
    ...init,
  });

const trickling: Answering = (_request, response) => {
  response.write(png({ bytes: 10_000 }));
  const timer = setInterval(() => response.write('x'), 100);
  response.on('close', () => clearInterval(timer));
};

test('a resolver and a host that do not answer are not waited for', async () => {
  const never = new Promise<never>(() => undefined);
  const failing = Promise.reject(Object.assign(new Error('resolver away'), { code: 'EAI_AGAIN' }));
  failing.catch(() => undefined);
  for (const [found, code] of [
    [never, 'url_timeout'],
    [failing, 'url_unreachable'],
  ] as const) {
    const away = await openTestGateway({ reach: { ...host.reach, lookup: () => found } });
    try {
      const answer = await post(away);
      expect(answer.headers.get('retry-after')).toBe('5');
      expect(await answer.json()).toMatchObject({ status: 422, code });
      expect(await away.leftovers()).toEqual({ rows: 0, blobs: 0 });
    } finally {
      await away.close();
    }
  }
});

test('a host that takes the connection and says nothing is not waited for', async () => {
  const taken = new Set<Socket>();
  const silent = createServer((socket) => void taken.add(socket.on('error', () => undefined).resume()));
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const { port } = silent.address() as AddressInfo;
  const mute = await openTestGateway({ reach: { ...host.reach, dial: () => connect(port, '127.0.0.1') } });
  try {
    const answer = await post(mute);
    expect(await answer.json()).toMatchObject({ status: 422, code: 'url_timeout', retryable: true });
    await until(() => [...taken].every((socket) => socket.closed));
  } finally {
    await mute.close();
    await new Promise((resolve) => silent.close(resolve));
  }
});

test('a client that goes away ends the fetching and leaves nothing behind', async () => {
  const before = await gateway.leftovers();
  const gone = new AbortController();
  host.answerWith(trickling);
  const answer = post(gateway, { url: URL_OF_FILE }, { signal: gone.signal });
  await until(() => host.seen.requests.length > 0);
  gone.abort();
  await expect(answer).rejects.toThrow('abort');
  await until(() => host.connections() === 0);
  await gateway.ports.running.settled();
  expect(await gateway.leftovers()).toEqual(before);
});

test('for a client that went away while files before it were stored nothing is fetched', async () => {
  const away = await openTestGateway({ reach: host.reach });
  try {
    const { blobs } = away.ports;
    const gone = new AbortController();
    const closed = Promise.withResolvers<void>();
    away.server.on('connection', (socket: Socket) => socket.on('close', closed.resolve));
    const put: typeof blobs.put = async (...stored) => {
      gone.abort();
      await closed.promise;
      await blobs.put(...stored);
    };
    Object.assign(away.ports, { blobs: { ...blobs, put } });
    const files = [{ name: 'a.png', content: png().toString('base64') }, { url: URL_OF_FILE }];
    const answer = post(away, {}, { body: JSON.stringify({ files }), signal: gone.signal });
    await expect(answer).rejects.toThrow('abort');
    await closed.promise;
    await away.ports.running.settled();
    expect(host.seen.resolved).toEqual([]);
    expect(await away.leftovers()).toEqual({ rows: 0, blobs: 0 });
  } finally {
    await away.close();
  }
});

test('a process that stops does not wait for hosts', async () => {
  const stopping = await openTestGateway({ reach: { ...host.reach, silentMs: 60_000, totalMs: 60_000 } });
  try {
    host.answerWith(() => undefined);
    const answer = post(stopping);
    await until(() => host.seen.requests.length > 0);
    stopping.stop();
    expect(await (await answer).json()).toMatchObject({ code: 'shutting_down', retryable: true });
  } finally {
    await stopping.close();
  }
});

test('where addresses are not taken, one is refused, and a file is either bytes or an address', async () => {
  const off = await openTestGateway();
  try {
    expect(await (await post(off)).json()).toMatchObject({ status: 422, code: 'url_input_off' });
    for (const wrong of [
      {},
      { name: 'a' },
      { url: URL_OF_FILE, content: '' },
      { url: `https://a/${'x'.repeat(2_048)}` },
    ]) {
      expect(await (await post(off, wrong)).json()).toMatchObject({ code: 'bad_request' });
    }
  } finally {
    await off.close();
  }
});
