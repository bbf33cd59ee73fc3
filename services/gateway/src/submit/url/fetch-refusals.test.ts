import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { type Answering, openTestHost, type TestHost, until } from '../../fetch/test-host.ts';
import { openTestGateway, TEST_LIMITS, type TestGateway } from '../../test-gateway.ts';
import { png } from '../../test-pictures.ts';

const PUBLIC = ['93.184.216.34'];
const PICTURE = png({ bytes: 100_000 });
const URL_OF_FILE = 'https://files.example/a.png';
const LIMITS_MS = { connectMs: 2_400, silentMs: 1_200, totalMs: 4_000 };

let gateway: TestGateway;
let host: TestHost;
beforeAll(async () => {
  host = await openTestHost(['files.example', 'mixed.example'], LIMITS_MS);
  gateway = await openTestGateway({ reach: host.reach });
});
afterAll(async () => {
  await gateway.close();
  await host.close();
});
beforeEach(() => {
  host.forget();
  host.answerWith((_request, response) => void response.end(PICTURE));
  Object.assign(host.names, {
    'files.example': PUBLIC,
    'unproven.example': PUBLIC,
    'mixed.example': [...PUBLIC, '10.0.0.7'],
    'mapped.example': ['::ffff:93.184.216.34'],
    'metadata.example': ['169.254.169.254'],
    'empty.example': [],
    localhost: ['127.0.0.1', '::1'],
  });
});

const submit = (url: string, init: RequestInit = {}): Promise<Response> =>
  gateway.call('/v1/jobs', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    // A good file before it, so that there is something that could be left behind.
    body: JSON.stringify({ files: [{ content: png().toString('base64') }, { url }] }),
    ...init,
  });

/** Submits, and gives the problem after proving that it left nothing behind. */
async function refused(url: string): Promise<{ code: string; detail: string; status: number; retryable: boolean }> {
  const before = await gateway.leftovers();
  const answer = await submit(url);
  expect(await gateway.leftovers()).toEqual(before);
  return answer.json();
}

const NOT_FETCHED = [
  'http://files.example/a.png',
  'ftp://files.example/a.png',
  'file:///etc/passwd',
  'data:image/png;base64,AAAA',
  'https://files.example:8443/a.png',
  'https://user@files.example/a.png',
  'https://user:secret@files.example/a.png',
  'https://127.0.0.1/',
  'https://127.1/',
  'https://2130706433/',
  'https://0x7f.0.0.1/',
  'https://10.0.0.7/',
  'https://169.254.169.254/latest/meta-data/',
  'https://[::1]/',
  'https://[::ffff:127.0.0.1]/',
  'https://[64:ff9b::7f00:1]/',
  'https://[2002:7f00:1::]/',
  'https://[fe80::1]/',
  'https://localhost/',
  'https://metadata.example/',
  'https://mapped.example/',
  'https://mixed.example/',
  'https://empty.example/',
  'https://no-such.example/',
  'files.example/a.png',
  '',
];

test.each(NOT_FETCHED)('%j is refused in the same words as all others, and nothing is dialled', async (url) => {
  const problem = await refused(url);
  expect(problem).toMatchObject({ status: 422, code: 'url_refused', retryable: false });
  expect(problem.detail).toBe(
    'The address is none that files are fetched from: https without credentials, port 443 of a public host.',
  );
  expect(host.seen.dialled).toEqual([]);
});

test.each(NOT_FETCHED.filter((url) => url.includes(':')))('a redirect to %s is refused likewise', async (location) => {
  host.answerWith((_request, response) => void response.writeHead(302, { location }).end());
  expect(await refused(URL_OF_FILE)).toMatchObject({ code: 'url_refused' });
  expect(host.seen.dialled).toEqual([PUBLIC]);
});

test('a name that leads elsewhere once it was checked is not asked again, and is checked again at a redirect', async () => {
  const { lookup } = host.reach;
  const turning = async (name: string) => {
    const found = await lookup(name);
    host.names['files.example'] = ['127.0.0.1'];
    return found;
  };
  const rebound = await openTestGateway({ reach: { ...host.reach, lookup: turning } });
  try {
    const post = () =>
      rebound.call('/v1/jobs', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ files: [{ url: URL_OF_FILE }] }),
      });
    expect((await post()).status).toBe(202);
    expect(host.seen.dialled).toEqual([PUBLIC]);
    host.names['files.example'] = PUBLIC;
    host.answerWith((_request, response) => void response.writeHead(302, { location: '/again' }).end());
    expect(await (await post()).json()).toMatchObject({ code: 'url_refused' });
    expect(host.seen.dialled).toEqual([PUBLIC, PUBLIC]);
  } finally {
    await rebound.close();
  }
});

const HTML = '<!doctype html><title>Sign in</title>'.padEnd(9_000);
const announcing =
  (bytes: number, sent: Buffer): Answering =>
  (_request, response) => {
    response.writeHead(200, { 'content-length': bytes });
    response.write(sent, () => response.destroy());
  };
const endless: Answering = (_request, response) => {
  const more = (): void => {
    if (response.destroyed) return;
    if (response.write(Buffer.alloc(16_384))) setImmediate(more);
    else response.once('drain', more);
  };
  response.write(PICTURE.subarray(0, 200));
  more();
};
const trickling: Answering = (_request, response) => {
  response.write(PICTURE.subarray(0, 5_000));
  const timer = setInterval(() => response.write('x'), 100);
  response.on('close', () => clearInterval(timer));
};

test.each<[string, Answering, string, boolean]>([
  ['that ends without bytes', (_request, response) => void response.end(), 'file_empty', false],
  ['of another kind', (_request, response) => void response.end(HTML), 'file_type_unsupported', false],
  ['that does not end', endless, 'file_too_large', false],
  ['announced too large', announcing(TEST_LIMITS.pdfBytes + 1, Buffer.alloc(0)), 'file_too_large', false],
  ['announced too large for an image', announcing(TEST_LIMITS.imageBytes + 1, PICTURE), 'file_too_large', false],
  ['shorter than announced', announcing(PICTURE.length, PICTURE.subarray(0, 70_000)), 'url_unreachable', true],
  ['cut off in its head', (request) => void request.destroy(), 'url_unreachable', true],
  ['that is not there', (_request, response) => void response.writeHead(404).end(PICTURE), 'url_without_file', false],
  ['without content', (_request, response) => void response.writeHead(204).end(), 'url_without_file', false],
  ['in part', (_request, response) => void response.writeHead(206).end(PICTURE), 'url_without_file', false],
  [
    'sent on without saying where',
    (_request, response) => void response.writeHead(302).end(),
    'url_without_file',
    false,
  ],
  ['of a host in trouble', (_request, response) => void response.writeHead(503).end(), 'url_unreachable', true],
  [
    'of a host that asks for patience',
    (_request, response) => void response.writeHead(429).end(),
    'url_unreachable',
    true,
  ],
  [
    'that is packed',
    (_request, response) => void response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(PICTURE)),
    'url_without_file',
    false,
  ],
  [
    'with an endless head',
    (_request, response) => void response.writeHead(200, { a: 'x'.repeat(99_000) }).end(),
    'url_unreachable',
    true,
  ],
  ['that never begins', () => undefined, 'url_timeout', true],
  [
    'that stops in the middle',
    (_request, response) => void response.write(PICTURE.subarray(0, 9_000)),
    'url_timeout',
    true,
  ],
  ['that trickles', trickling, 'url_timeout', true],
])('a file %s is refused, leaving nothing behind', async (_what, answering, code, retryable) => {
  host.answerWith(answering);
  const started = performance.now();
  expect(await refused(URL_OF_FILE)).toMatchObject({ code, retryable });
  expect(performance.now() - started).toBeLessThan(10 * LIMITS_MS.totalMs);
  await until(() => host.connections() === 0);
});

test('a host that does not prove its name gets no request', async () => {
  expect(await refused('https://unproven.example/a.png')).toMatchObject({ code: 'url_unreachable', retryable: true });
  expect(await refused(`https://${PUBLIC[0]}/a.png`)).toMatchObject({ code: 'url_unreachable' });
  expect(host.seen.requests).toEqual([]);
});
