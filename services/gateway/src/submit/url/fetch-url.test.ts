import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { JobBody } from '@docusnap/contracts';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { PUBLIC_INTERNET } from '../../fetch/reach.ts';
import { openTestHost, type TestHost, until } from '../../fetch/test-host.ts';
import { openTestGateway, type TestGateway } from '../../test-gateway.ts';
import { png } from '../../test-pictures.ts';

const PUBLIC = ['93.184.216.34'];
const BOTH = ['2606:4700:4700::1111', '1.1.1.1'];
const PICTURE = png({ bytes: 100_000 });

let gateway: TestGateway;
let host: TestHost;
beforeAll(async () => {
  host = await openTestHost(['files.example', 'other.example'], { connectMs: 5_000, silentMs: 5_000, totalMs: 10_000 });
  gateway = await openTestGateway({ reach: host.reach });
});
afterAll(async () => {
  await gateway.close();
  await host.close();
});
beforeEach(() => {
  host.forget();
  host.answerWith((_request, response) => void response.end(PICTURE));
  Object.assign(host.names, { 'files.example': PUBLIC, 'other.example': BOTH, 'other.example.': BOTH });
});

const submit = (...files: readonly object[]): Promise<Response> =>
  gateway.call('/v1/jobs', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ files }),
  });

const submitted = async (...files: readonly object[]): Promise<Pick<JobBody, 'name' | 'files'>> => {
  const answer = await submit(...files);
  expect(answer.status).toBe(202);
  return JobBody.pick({ name: true, files: true }).parse(await answer.json());
};

/** Sends /1 on to /2 and so on up to /`last`, which is the picture. */
const chain =
  (last: number, status = 302) =>
  (request: IncomingMessage, response: ServerResponse): void => {
    const at = Number(request.url?.slice(1));
    if (at < last) response.writeHead(status, { location: `/${at + 1}` }).end();
    else response.end(PICTURE);
  };

test('files are fetched by their address in order, beside others, and named by the client, their host or their path', async () => {
  host.answerWith((request, response) => {
    if (request.url === '/d?x=1') response.setHeader('content-disposition', 'attachment; filename="of host.png"');
    response.end(PICTURE);
  });
  const job = await submitted(
    { url: 'https://files.example/a/b%20c.png#part' },
    { content: png().toString('base64') },
    { url: 'https://files.example/d?x=1' },
    { url: 'https://other.example/e.png', name: 'mine.png' },
    { url: 'https://files.example' },
  );
  expect(job.files.map(({ name }) => name)).toEqual(['b c.png', 'file', 'of host.png', 'mine.png', 'file']);
  expect(job.files[0]).toMatchObject({
    bytes: PICTURE.length,
    sha256: createHash('sha256').update(PICTURE).digest('hex'),
    media_type: 'image/png',
  });
});

test('the connection goes to the addresses that were checked, asked for once, and tells the host nothing but the address', async () => {
  await submitted({ url: 'https://other.example/a?b=c' });
  expect(host.seen.resolved).toEqual(['other.example']);
  expect(host.seen.dialled).toEqual([BOTH]);
  const [request] = host.seen.requests;
  expect(request?.url).toBe('/a?b=c');
  expect(request?.headers).toEqual({
    host: 'other.example',
    accept: '*/*',
    'accept-encoding': 'identity',
    'user-agent': 'DocuSnap',
    connection: 'close',
  });
});

test('a host may be written with the dot at its end', async () => {
  await submitted({ url: 'https://other.example./a.png' });
  expect(host.seen.resolved).toEqual(['other.example.']);
});

test.each([301, 302, 303, 307, 308])('a redirect by %i is followed, to another host too', async (status) => {
  host.answerWith((request, response) => {
    if (request.headers.host === 'files.example') {
      response.writeHead(status, { location: '//other.example/end.png', 'set-cookie': 'a=b' }).end('elsewhere');
    } else response.end(PICTURE);
  });
  const job = await submitted({ url: 'https://files.example/start.jpg' });
  expect(job.name).toBe('end.png');
  expect(host.seen.dialled).toEqual([PUBLIC, BOTH]);
  expect(host.seen.requests[1]?.headers).not.toHaveProperty('cookie');
});

test('five redirects are followed and a sixth is not', async () => {
  host.answerWith(chain(6));
  await submitted({ url: 'https://files.example/1' });
  host.answerWith(chain(7));
  const answer = await submit({ url: 'https://files.example/1' });
  expect(await answer.json()).toMatchObject({ status: 422, code: 'url_without_file', retryable: false });
});

test('bytes that come in pieces, without their count, are taken to the end', async () => {
  host.answerWith(async (_request, response) => {
    for (let at = 0; at < PICTURE.length; at += 30_000) {
      response.write(PICTURE.subarray(at, at + 30_000));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    response.end();
  });
  const job = await submitted({ url: 'https://files.example/a.png' });
  expect(job.files[0]?.bytes).toBe(PICTURE.length);
});

test('no connection is left', async () => {
  await submitted({ url: 'https://files.example/a.png' });
  await until(() => host.connections() === 0);
});

test('in earnest a name is asked of the system, and the dialled address is the one given, on port 443', async () => {
  expect(await PUBLIC_INTERNET.lookup('localhost')).toContain('127.0.0.1');
  // Nothing listens there: the refusal says where the connection went.
  const socket = PUBLIC_INTERNET.dial(['127.0.0.77'], 443);
  try {
    await expect(once(socket, 'connect')).rejects.toMatchObject({ address: '127.0.0.77', port: 443 });
  } finally {
    socket.destroy();
  }
});
