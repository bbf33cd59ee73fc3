import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';
import { join } from 'node:path';
import { Problem } from '@docusnap/contracts';
import { listen, openLog, openMetrics, UNTOLD } from '@docusnap/runtime';
import { type TemporaryFolder, temporaryFolder } from '@docusnap/testing';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { type OcrConfig, readOcrConfig } from '../config.ts';
import { openOcrMetrics } from '../metrics.ts';
import { openReaders, type Readers } from '../readers/pool.ts';
import { createApps } from './app.ts';
import { compatProof, createInternalServer, createPlainServer, internalProof } from './server.ts';
import { signCall } from './signature.ts';
import { testCertificate } from './test-certificates.ts';

const SECRET = randomBytes(32).toString('hex');
const OLD_SECRET = randomBytes(32).toString('hex');
const NEEDED = { DATABASE_WORKER_URL: 'postgres://x', BLOB_DIR: '/blobs', MASTER_KEY: 'a:b', PORT: '0' };
const IMAGE = Buffer.from('{}');
const [ours, theirs] = [testCertificate('ours'), testCertificate('theirs')];
const CERTIFICATES = {
  ours,
  server: testCertificate('localhost', { by: ours, ips: [[127, 0, 0, 1]] }),
  'gateway.internal': testCertificate('gateway.internal', { by: ours }),
  'other.internal': testCertificate('other.internal', { by: ours }),
  stranger: testCertificate('stranger', { by: theirs }),
};
const closing: (() => Promise<void>)[] = [];
let readers: Readers;
let folder: TemporaryFolder;

beforeAll(async () => {
  folder = await temporaryFolder('proofs');
  for (const [name, { cert, key }] of Object.entries(CERTIFICATES)) {
    await writeFile(join(folder.path, `${name}.pem`), cert);
    await writeFile(join(folder.path, `${name}.key`), key);
  }
  readers = await openReaders({
    count: 1,
    pageThreads: 1,
    maxPages: 1_000,
    maxRssBytes: 4 * 1024 ** 3,
    pageTimeoutMs: 120_000,
    startTimeoutMs: 120_000,
    onRecycle: () => undefined,
    onStartFailed: () => undefined,
    script: new URL('../rehearsal/reader/main.ts', import.meta.url),
    environment: {},
  });
});
afterAll(async () => {
  await readers.close();
  await folder.remove();
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const pem = (name: string): string => readFileSync(join(folder.path, name), 'utf8');

async function start(env: Record<string, string>, change: Partial<OcrConfig> = {}) {
  const config = { ...readOcrConfig({ ...NEEDED, ...env }), ...change };
  const apps = createApps(readers, {
    checks: {},
    queueKind: 'postgres',
    metrics: openOcrMetrics(openMetrics()),
    traces: UNTOLD,
    log: openLog({ service: 'test', level: 'silent' }),
    maxBytes: 10_000,
    maxPixels: 100,
    proof: internalProof(config),
    compatProof: compatProof(config),
    compatApart: config.OCR_COMPAT_PORT !== undefined,
  });
  const ports: number[] = [];
  const servers = [
    createInternalServer(apps.internal, config),
    ...(apps.compat ? [createPlainServer(apps.compat)] : []),
  ];
  for (const server of servers) {
    ports.push(await listen(server, { host: '127.0.0.1', port: 0, variable: 'PORT' }));
    closing.push(async () => {
      server.closeAllConnections();
      await server[Symbol.asyncDispose]();
    });
  }
  return { port: ports[0]!, compatPort: ports[1] };
}

interface Call {
  readonly path?: string;
  readonly headers?: Record<string, string>;
  readonly body?: Buffer;
}

function post(port: number, { path = '/v1/read', headers = {}, body = IMAGE }: Call, agent?: Agent) {
  const options = { port, host: '127.0.0.1', path, method: 'POST', headers, agent };
  return new Promise<{ status: number | undefined; code: string | undefined; detail: string }>((resolve, reject) => {
    const asked = (agent ? httpsRequest : httpRequest)(options, async (response) => {
      const text = Buffer.concat(await Array.fromAsync(response as AsyncIterable<Buffer>)).toString();
      const problem = Problem.safeParse(JSON.parse(text)).data;
      resolve({ status: response.statusCode, code: problem?.code, detail: problem?.detail ?? text });
    });
    asked.on('error', reject).end(body);
  });
}

const now = () => Math.floor(Date.now() / 1_000);
const nonce = () => randomBytes(12).toString('base64url');
const signed = (change: Partial<Parameters<typeof signCall>[1]> = {}, secret = SECRET) =>
  signCall(secret, {
    method: 'POST',
    path: '/v1/read',
    type: 'image/png',
    nonce: nonce(),
    body: IMAGE,
    seconds: now(),
    ...change,
  });
const HMAC = { HOST: '0.0.0.0', INTERNAL_AUTH: 'hmac', INTERNAL_SECRET: `${SECRET},${OLD_SECRET}` };

test('who signs with one of the secrets is served: a plain body, a form, and a path with a query', async () => {
  const { port } = await start(HMAC);
  expect(await post(port, { headers: signed() })).toMatchObject({ status: 200 });
  expect(await post(port, { headers: signed({}, OLD_SECRET) })).toMatchObject({ status: 200 });
  const path = '/v1/read?setting=fast';
  expect(await post(port, { path, headers: signed({ path }) })).toMatchObject({ status: 200 });
  const body = Buffer.from(
    '--x\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\n{}\r\n--x--\r\nthe end',
  );
  const type = 'multipart/form-data; boundary=x';
  expect(await post(port, { headers: signed({ type, body }), body })).toMatchObject({ status: 200 });
});

test('each way in which a signature may be missing, wrong, late or repeated is refused and told', async () => {
  const { port } = await start(HMAC);
  const refused = async (call: Call, detail: RegExp) => {
    const answer = await post(port, call);
    expect(answer).toMatchObject({ status: 401, code: 'caller_unproven' });
    expect(answer.detail).toMatch(detail);
    expect(answer.detail).not.toContain(SECRET);
  };
  await refused({ headers: { 'content-type': 'image/png' } }, /docusnap-\S+ is missing/);
  for (const name of ['docusnap-timestamp', 'docusnap-nonce', 'docusnap-content-sha256', 'docusnap-signature']) {
    const { [name]: _left, ...rest } = signed();
    await refused({ headers: rest }, new RegExp(`${name} is missing`));
    await refused({ headers: { ...rest, [name]: '%%' } }, new RegExp(`${name} is missing or malformed`));
  }
  const wrong = /not that of this request/;
  await refused({ headers: signed({}, randomBytes(32).toString('hex')) }, wrong);
  await refused({ headers: { ...signed(), 'content-type': 'image/jpeg' } }, wrong);
  await refused({ headers: { ...signed(), 'docusnap-nonce': nonce() } }, wrong);
  await refused({ headers: { ...signed(), 'docusnap-timestamp': String(now() - 1) } }, wrong);
  await refused({ headers: signed({ path: '/v1/read?setting=fast' }) }, wrong);
  await refused({ headers: signed({ method: 'GET' }) }, wrong);
  await refused({ headers: signed({ seconds: now() - 62 }) }, /60 seconds off/);
  await refused({ headers: signed({ seconds: now() + 62 }) }, /60 seconds off/);
  await refused({ headers: signed(), body: Buffer.from('{"a":1}') }, /not the one that was signed/);
  const headers = signed();
  expect(await post(port, { headers })).toMatchObject({ status: 200 });
  await refused({ headers }, /used before/);
});

test('a body larger than is taken is refused as such, signed or not, and the connection goes on', async () => {
  const { port } = await start(HMAC);
  const body = Buffer.alloc(200_000);
  expect(await post(port, { headers: signed({ body }), body })).toMatchObject({ status: 413, code: 'file_too_large' });
  expect(await post(port, { headers: signed() })).toMatchObject({ status: 200 });
});

const agentWith = (name: string | undefined, more: object = {}) => {
  const agent = new Agent({
    ca: pem('ours.pem'),
    ...(name ? { cert: pem(`${name}.pem`), key: pem(`${name}.key`) } : {}),
    ...more,
  });
  closing.push(async () => agent.destroy());
  return agent;
};
const mtls = (names = '') => ({
  HOST: '0.0.0.0',
  INTERNAL_AUTH: 'mtls',
  INTERNAL_TLS_CERT_FILE: join(folder.path, 'server.pem'),
  INTERNAL_TLS_KEY_FILE: join(folder.path, 'server.key'),
  INTERNAL_CLIENT_CA_FILE: join(folder.path, 'ours.pem'),
  INTERNAL_CLIENT_NAMES: names,
});
const headers = { 'content-type': 'image/png' };

test('who shows a certificate of the authority is served; without one, with a foreign one, nobody is', async () => {
  const { port } = await start(mtls());
  expect(await post(port, { headers }, agentWith('gateway.internal'))).toMatchObject({ status: 200 });
  expect(await post(port, { headers }, agentWith('other.internal'))).toMatchObject({ status: 200 });
  expect(await post(port, { headers }, agentWith(undefined))).toMatchObject({
    status: 401,
    code: 'caller_unproven',
    detail: expect.stringContaining('Show a client certificate'),
  });
  expect(await post(port, { headers }, agentWith('stranger'))).toMatchObject({
    status: 401,
    code: 'caller_unproven',
    detail: expect.stringContaining('not accepted'),
  });
  // Without TLS, and with a TLS of the past, there is no answer.
  await expect(post(port, { headers })).rejects.toThrow();
  const old = agentWith('gateway.internal', { maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' });
  await expect(post(port, { headers }, old)).rejects.toThrow();
});

test('where names are given, a certificate has to bear one of them', async () => {
  const { port } = await start(mtls('gateway.internal, another.internal'));
  expect(await post(port, { headers }, agentWith('gateway.internal'))).toMatchObject({ status: 200 });
  expect(await post(port, { headers }, agentWith('other.internal'))).toMatchObject({
    status: 401,
    code: 'caller_unproven',
    detail: expect.stringContaining('none of the names'),
  });
});

test('health checks need no certificate, and what is no certificate ends the start with a sentence', async () => {
  const { port } = await start(mtls());
  const agent = agentWith(undefined);
  const status = await new Promise((resolve, reject) => {
    httpsRequest({ port, host: '127.0.0.1', path: '/healthz', agent }, (response) =>
      resolve(response.resume().statusCode),
    )
      .on('error', reject)
      .end();
  });
  expect(status).toBe(200);
  await expect(start(mtls(), { INTERNAL_TLS_KEY: 'no key' })).rejects.toThrow(/INTERNAL_TLS_CERT, .* cannot be used: /);
  await expect(start(mtls(), { INTERNAL_TLS_KEY: pem('stranger.key') })).rejects.toThrow(/cannot be used: /);
});

const form = (): Call => ({
  path: '/ocr',
  headers: { 'content-type': 'multipart/form-data; boundary=x' },
  body: Buffer.from('--x\r\ncontent-disposition: form-data; name="image"; filename="a"\r\n\r\n{}\r\n--x--\r\n'),
});

test("CnOCR's calls are answered on a port of their own where that is asked for, and nothing else there", async () => {
  const { port, compatPort } = await start({ ...HMAC, OCR_COMPAT: 'on', OCR_COMPAT_PORT: '0' });
  expect(await post(compatPort!, form())).toMatchObject({ status: 200 });
  expect(await post(compatPort!, { headers: signed() })).toMatchObject({ status: 404, code: 'not_found' });
  expect(await post(port, form())).toMatchObject({ status: 404, code: 'not_found' });
  expect((await fetch(`http://127.0.0.1:${compatPort}/`)).status).toBe(200);
});

test("CnOCR's calls are not answered unless they are asked for, and with a token only to those who send it", async () => {
  const off = await start({});
  expect(await post(off.port, form())).toMatchObject({ status: 404, code: 'not_found' });
  expect(off.compatPort).toBeUndefined();
  const { port } = await start({ OCR_COMPAT: 'on', OCR_COMPAT_TOKEN: 'a token' });
  const withToken = (authorization: string) => ({ ...form(), headers: { ...form().headers, authorization } });
  expect(await post(port, withToken('Bearer a token'))).toMatchObject({ status: 200 });
  for (const call of [form(), withToken('Bearer another'), withToken('a token')]) {
    expect(await post(port, call)).toMatchObject({ status: 401, code: 'caller_unproven' });
  }
});
