import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { temporaryFolder } from '@docusnap/testing';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { request } from 'undici';
import { openTestGateway, type TestGateway } from '../test-gateway.ts';
import { openBuiltFiles } from './files.ts';

const SCRIPT = `console.log(${JSON.stringify('x'.repeat(5_000))});`;

let gateway: TestGateway;
let folder: { path: string; remove(): Promise<void> };
beforeAll(async () => {
  folder = await temporaryFolder('console');
  gateway = await openTestGateway({ console: openBuiltFiles(join(folder.path, 'dist')) });
});
afterAll(async () => {
  await gateway.close();
  await folder.remove();
});

const get = (path: string, headers: Record<string, string> = {}, method: 'GET' | 'HEAD' | 'POST' = 'GET') =>
  request(gateway.url + path, { method, headers });

test('before it is built, its address says how to build it', async () => {
  const answer = await get('/');
  expect([answer.statusCode, await answer.body.json()]).toEqual([
    404,
    expect.objectContaining({
      code: 'console_not_built',
      detail: expect.stringContaining('packages/console/build.mjs'),
    }),
  ]);
});

test('once it is built the page is served, anew each time, under a policy that lets nothing in from elsewhere', async () => {
  await mkdir(join(folder.path, 'dist', 'assets'), { recursive: true });
  await writeFile(join(folder.path, 'secret.txt'), 'not of the build');
  await writeFile(join(folder.path, 'dist', 'assets', 'main-abc123.js'), SCRIPT);
  await writeFile(join(folder.path, 'dist', 'index.html'), '<!doctype html><title>DocuSnap</title>');
  const { statusCode, headers, body } = await get('/');
  expect([statusCode, await body.text()]).toEqual([200, '<!doctype html><title>DocuSnap</title>']);
  expect(headers).toMatchObject({
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-cache',
    'content-security-policy':
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    'permissions-policy': expect.stringContaining('camera=(self)'),
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
  });
});

test('the page bears a mark where somebody opened it directly, and none where another site led to it', async () => {
  const index = join(folder.path, 'dist', 'index.html');
  await writeFile(index, '<!doctype html><html lang="en"><title>DocuSnap</title>');
  const openedBy = async (site?: string) => {
    const answer = await get('/', site === undefined ? {} : { 'sec-fetch-site': site });
    expect(answer.headers.vary).toBe('Sec-Fetch-Site, Accept-Encoding');
    return [(await answer.body.text()).includes('<html data-opened="directly" lang'), answer.headers.etag];
  };
  const [[, direct], [, led]] = [await openedBy('none'), await openedBy('cross-site')];
  expect(direct).not.toBe(led);
  for (const [site, isMarked] of [
    ['none', true],
    ['same-origin', true],
    ['same-site', false],
    ['cross-site', false],
    [undefined, false],
  ] as const)
    expect([site, ...(await openedBy(site))]).toEqual([site, isMarked, isMarked ? direct : led]);
});

test('files with a hash in their names are kept for ever, and sent compressed to who takes that', async () => {
  const path = '/assets/main-abc123.js';
  const plain = await get(path);
  expect(plain.headers).toMatchObject({
    'content-type': 'text/javascript; charset=utf-8',
    'cache-control': 'public, max-age=31536000, immutable',
    vary: 'Accept-Encoding',
  });
  expect(await plain.body.text()).toBe(SCRIPT);
  for (const [encoding, open] of [
    ['br', brotliDecompressSync],
    ['gzip', gunzipSync],
  ] as const) {
    const sent = await get(path, { 'accept-encoding': encoding });
    const bytes = Buffer.from(await sent.body.arrayBuffer());
    expect([sent.headers['content-encoding'], bytes.length < 500, open(bytes).toString()]).toEqual([
      encoding,
      true,
      SCRIPT,
    ]);
    const again = await get(path, { 'accept-encoding': encoding, 'if-none-match': String(sent.headers.etag) });
    expect([again.statusCode, await again.body.text()]).toEqual([304, '']);
  }
  const head = await get(path, {}, 'HEAD');
  expect([head.statusCode, head.headers['content-length'], await head.body.text()]).toEqual([
    200,
    String(SCRIPT.length),
    '',
  ]);
});

test('a newer build is served without a restart', async () => {
  await writeFile(join(folder.path, 'dist', 'assets', 'main-def456.js'), '2');
  await writeFile(join(folder.path, 'dist', 'index.html'), '<!doctype html>2');
  expect(await (await get('/')).body.text()).toBe('<!doctype html>2');
  expect(await (await get('/assets/main-def456.js')).body.text()).toBe('2');
});

test('the reference of the API is a page whose policy lets in styles by a nonce that is new each time', async () => {
  expect((await get('/docs')).statusCode).toBe(404);
  await writeFile(join(folder.path, 'dist', 'docs.html'), '<script nonce="{{nonce}}" src="/assets/docs.js"></script>');
  await writeFile(join(folder.path, 'dist', 'index.html'), '<!doctype html>with docs');
  await get('/');
  const seen = new Set<string>();
  for (let time = 0; time < 2; time += 1) {
    const { statusCode, headers, body } = await get('/docs');
    const [, nonce = ''] = /nonce="([^"]{24})"/.exec(await body.text()) ?? [];
    expect([statusCode, headers['content-security-policy']]).toEqual([
      200,
      `default-src 'none'; script-src 'self'; style-src 'self' 'nonce-${nonce}' 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=' 'sha256-QMIg+bpjm3JdElJ388KYke01izlUW0UoNOeKjpMxdgc='; img-src 'self' data:; connect-src 'self'; font-src 'self'; worker-src blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    ]);
    seen.add(nonce);
  }
  expect(seen.size).toBe(2);
  expect((await get('/docs', {}, 'POST')).statusCode).toBe(404);
});

test('it stands in the way of no call, and gives nothing that is not of the build', async () => {
  expect((await get('/healthz')).statusCode).toBe(200);
  expect((await get('/v1/jobs')).statusCode).toBe(401);
  for (const path of [
    '/v1/nothing',
    '/assets/none.js',
    '/assets',
    '/assets/../../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/secret.txt',
    '/index.html',
    '/docs.html',
    '/index.htm',
    '//index.html',
  ]) {
    const answer = await get(path);
    expect([path, answer.statusCode, await answer.body.json()]).toEqual([
      path,
      404,
      expect.objectContaining({ code: 'not_found' }),
    ]);
  }
  const posted = await get('/', {}, 'POST');
  expect(posted.statusCode).toBe(404);
  await posted.body.dump();
});
