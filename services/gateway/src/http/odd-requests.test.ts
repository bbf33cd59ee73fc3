import { once } from 'node:events';
import { connect } from 'node:net';
import { Problem } from '@docusnap/contracts';
import { answersIn, sendRaw } from '@docusnap/testing';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openTestGateway, type TestGateway } from '../test-gateway.ts';
import { openTestServer } from './test-server.ts';

let gateway: TestGateway;
let server: Awaited<ReturnType<typeof openTestServer>>;
beforeAll(async () => {
  gateway = await openTestGateway();
  server = await openTestServer(gateway);
  // Connected before anything has to be quick: a busy machine takes its time for the first connection to the database.
  await gateway.call('/v1/jobs');
});
afterAll(async () => {
  await server.close();
  await gateway.close();
});

const HOST = 'Host: x\r\n';

/** Codes, or statuses of good answers, in the order they came. */
async function answersTo(...pieces: string[]): Promise<(string | number)[]> {
  const { text, closed } = await sendRaw(pieces, { port: server.port, patienceMs: 10_000 });
  expect(closed).toBe(true);
  return answersIn(text).map(({ status, headers, body }) => {
    if (status < 400) return status;
    expect(headers['content-type']).toMatch(/^application\/problem\+json/);
    const problem = Problem.parse(JSON.parse(body));
    expect(problem.status).toBe(status);
    expect(headers['x-request-id']).toBe(problem.request_id);
    return problem.code;
  });
}

test.each([
  [
    'both a length and chunks',
    `POST /v1/jobs HTTP/1.1\r\n${HOST}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  ],
  ['two lengths', `POST /v1/jobs HTTP/1.1\r\n${HOST}Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd`],
  ['a length that is no number', `POST /v1/jobs HTTP/1.1\r\n${HOST}Content-Length: +3\r\n\r\nabc`],
  [
    'chunks under another name',
    `POST /v1/jobs HTTP/1.1\r\n${HOST}Transfer-Encoding: xchunked\r\nConnection: close\r\n\r\n`,
  ],
  [
    'chunks after something else',
    `POST /v1/jobs HTTP/1.1\r\n${HOST}Transfer-Encoding: identity, chunked\r\nConnection: close\r\n\r\n0\r\n\r\n`,
  ],
  ['two hosts', `GET /healthz HTTP/1.1\r\n${HOST}Host: y\r\nConnection: close\r\n\r\n`],
  ['no host', 'GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n'],
  [
    'two keys',
    `GET /v1/jobs HTTP/1.1\r\n${HOST}Authorization: Bearer a\r\nAuthorization: Bearer b\r\nConnection: close\r\n\r\n`,
  ],
  [
    'two types',
    `POST /v1/jobs HTTP/1.1\r\n${HOST}Content-Type: a/b\r\nContent-Type: c/d\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`,
  ],
  ['a folded line', `GET /healthz HTTP/1.1\r\n${HOST}X: a\r\n b\r\n\r\n`],
  ['a space before the colon', 'GET /healthz HTTP/1.1\r\nHost : x\r\n\r\n'],
  ['bare line feeds', 'GET /healthz HTTP/1.1\nHost: x\n\n'],
  ['no version', 'GET /healthz\r\n\r\n'],
  ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ['a greeting of TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
])('a request with %s is refused as a problem, once, and its connection closed', async (_what, text) => {
  expect(await answersTo(text)).toEqual(['bad_request']);
});

test('a head that is too large or has too many fields is refused', async () => {
  const long = `GET /${'a'.repeat(20_000)} HTTP/1.1\r\n${HOST}\r\n`;
  expect(await answersTo(long)).toEqual(['headers_too_large']);
  const many = `GET /healthz HTTP/1.1\r\n${HOST}Connection: close\r\n${'X: y\r\n'.repeat(100)}\r\n`;
  expect(await answersTo(many)).toEqual(['headers_too_large']);
});

test('a client that resets its connection once CONNECT was refused ends no process', async () => {
  const socket = connect(server.port, '127.0.0.1');
  socket.write(`CONNECT evil.test:443 HTTP/1.1\r\n${HOST}\r\n`);
  await once(socket, 'data');
  const reset = once(socket, 'close');
  socket.resetAndDestroy();
  await reset;
  // By the time of another answer it has been heard of; what nobody catches fails the test.
  expect(await answersTo(`GET /healthz HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`)).toEqual([200]);
});

test('CONNECT is refused; an upgrade and an unknown expectation are not heard', async () => {
  expect(await answersTo(`CONNECT evil.test:443 HTTP/1.1\r\n${HOST}\r\n`)).toEqual(['method_not_allowed']);
  const get = `GET /healthz HTTP/1.1\r\n${HOST}`;
  expect(await answersTo(`${get}Upgrade: websocket\r\nConnection: Upgrade, close\r\n\r\n`)).toEqual([200]);
  expect(await answersTo(`${get}Expect: bananas\r\nConnection: close\r\n\r\n`)).toEqual([200]);
});

test('an absolute address means its path, and encoded slashes and dots lead nowhere', async () => {
  const get = (target: string) => answersTo(`GET ${target} HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`);
  expect(await get('http://elsewhere.test/healthz')).toEqual([200]);
  for (const target of [
    '/v1/../healthz',
    '/%2e%2e/healthz',
    '/v1%2Fjobs',
    '//healthz',
    '/healthz%00',
    '/%2f%2fetc',
    '*',
    '/v1/..%5Chealthz',
  ]) {
    expect([target, ...(await get(target))]).toEqual([target, 'not_found']);
  }
  expect(await get('/v1/%zz')).toEqual(['not_found']);
  expect(await get('/v1/jobs/%zz')).toEqual(['bad_request']);
});

test('what is pipelined is answered in order, a fault in it ends the connection, and too much of it does too', async () => {
  const health = `GET /healthz HTTP/1.1\r\n${HOST}\r\n`;
  const nothing = `GET /nothing HTTP/1.1\r\n${HOST}\r\n`;
  const last = `GET /healthz HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`;
  expect(await answersTo(health + nothing + last)).toEqual([200, 'not_found', 200]);
  const smuggled = await answersTo(
    `POST /v1/retry HTTP/1.1\r\n${HOST}Content-Length: 2\r\n\r\nabGET /v1/jobs`,
    ' NONSENSE\r\n\r\n',
  );
  expect(smuggled.at(0)).toBe('not_found');
  expect(smuggled).not.toContain(200);
  const { text } = await sendRaw([`GET /readyz HTTP/1.1\r\n${HOST}\r\n`.repeat(400)], {
    port: server.port,
    patienceMs: 10_000,
  });
  expect(answersIn(text).length).toBeLessThan(400);
});

test('a body for which nobody asked is refused, and a little one let go', async () => {
  const get = (head: string, body: string) =>
    answersTo(`GET /healthz HTTP/1.1\r\n${HOST}Connection: close\r\n${head}\r\n\r\n${body}`);
  expect(await get('Content-Length: 2', '{}')).toEqual([200]);
  expect(await get('Content-Length: 20000', 'x'.repeat(20_000))).toEqual(['body_too_large']);
  expect(await get('Transfer-Encoding: chunked', '2\r\nab\r\n0\r\n\r\n')).toEqual(['body_too_large']);
});

test('a body that is cut, or longer or shorter than it says, leaves nothing and the server well', async () => {
  const head = `POST /v1/jobs HTTP/1.1\r\n${HOST}Authorization: Bearer ${gateway.key}\r\nContent-Type: multipart/form-data; boundary=x\r\n`;
  const part = '--x\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n\x89PNG';
  await sendRaw([`${head}Content-Length: 5000\r\n\r\n${part}`], { port: server.port, hangUp: true });
  await sendRaw([`${head}Transfer-Encoding: chunked\r\n\r\n10\r\n--x\r\n`], { port: server.port, hangUp: true });
  expect(await answersTo(`${head}Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n`)).toEqual(['bad_request']);
  expect(await answersTo(`${head}Content-Length: 10\r\nConnection: close\r\n\r\n${part}`)).toEqual([
    'malformed_multipart',
  ]);
  await gateway.ports.running.settled();
  expect(await gateway.leftovers()).toEqual({ rows: 0, blobs: 0 });
  expect(await answersTo(`GET /healthz HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`)).toEqual([200]);
});

test('a client that goes away before its key is found leaves no request behind', async () => {
  const head = `POST /v1/jobs HTTP/1.1\r\n${HOST}Authorization: Bearer ${gateway.key}\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: 5000\r\n\r\n--x\r\n`;
  const gone = Array.from({ length: 20 }, () => sendRaw([head], { port: server.port, hangUp: true }));
  await Promise.all(gone);
  await gateway.ports.running.settled();
  expect(await gateway.leftovers()).toEqual({ rows: 0, blobs: 0 });
});
