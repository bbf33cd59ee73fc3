import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import { linesOf, Problem, plainText, ReadBody } from '@docusnap/contracts';
import { listen, openLog, openMetrics, UNTOLD } from '@docusnap/runtime';
import { temporaryFolder } from '@docusnap/testing';
import { afterEach, expect, test } from '@jest/globals';
import { openOcrMetrics } from '../metrics.ts';
import { prepareModels } from '../models/prepared/prepare.ts';
import { findModelSet } from '../models/registry.ts';
import { openReaders, type Readers } from '../readers/pool.ts';
import type { ReaderScript } from '../rehearsal/reader-script.ts';
import { createApps } from './app.ts';
import { anyone } from './proof.ts';

const MAX_BYTES = 1_000_000;
const SAMPLE = new URL('../../../../deploy/embedded/sample/', import.meta.url);
const closing: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

type Kind = 'real' | 'scripted';
const READERS = {
  real: {
    script: new URL('../reader/main.ts', import.meta.url),
    environment: async () => ({
      BLOB_DIR: '/nowhere',
      OCR_EXECUTION_PROVIDER: 'cpu',
      PREPARED_MODELS_DIR: await preparedModels(),
    }),
  },
  scripted: {
    script: new URL('../rehearsal/reader/main.ts', import.meta.url),
    environment: async () => ({}),
  },
};

async function preparedModels(): Promise<string> {
  const { path, remove } = await temporaryFolder('prepared');
  closing.push(remove);
  await prepareModels(path, [findModelSet().name], { provider: 'cpu' });
  return path;
}

async function startApp(kind: Kind, { pageTimeoutMs = 120_000, databaseUp = true } = {}) {
  const readers = await openReaders({
    count: 1,
    pageThreads: 8,
    maxPages: 100,
    maxRssBytes: 4 * 1024 ** 3,
    pageTimeoutMs,
    startTimeoutMs: 120_000,
    onRecycle: () => undefined,
    onStartFailed: () => undefined,
    script: READERS[kind].script,
    environment: await READERS[kind].environment(),
  });
  closing.push(() => readers.close());
  const metrics = openMetrics();
  const { internal } = createApps(readers, {
    checks: {
      database: { required: true, run: async () => (databaseUp ? undefined : Promise.reject(new Error('away'))) },
      queue: { required: false, run: () => Promise.reject(new Error('away')) },
    },
    queueKind: 'postgres',
    metrics: openOcrMetrics(metrics),
    traces: UNTOLD,
    log: openLog({ service: 'test', level: 'silent' }),
    maxBytes: MAX_BYTES,
    maxPixels: 4_000_000,
    proof: anyone,
    compatProof: anyone,
    compatApart: false,
  });
  const server = createServer(internal);
  const port = await listen(server, { host: '127.0.0.1', port: 0, variable: 'PORT' });
  closing.push(async () => {
    server.closeAllConnections();
    await server[Symbol.asyncDispose]();
  });
  const url = `http://127.0.0.1:${port}`;
  return { url, readers, metrics, read: readAt(url) };
}

const readAt =
  (url: string) =>
  (body: BodyInit, type?: string, query = '') =>
    fetch(`${url}/v1/read${query}`, { method: 'POST', body, ...(type ? { headers: { 'content-type': type } } : {}) });

const image = (script: ReaderScript = {}) => JSON.stringify(script);

function form(parts: Record<string, string | Buffer>): FormData {
  const body = new FormData();
  for (const [name, part] of Object.entries(parts))
    body.append(name, new Blob([new Uint8Array(Buffer.from(part))]), 'x');
  return body;
}

async function problemOf(response: Response) {
  expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  const problem = Problem.parse(await response.json());
  expect(problem.status).toBe(response.status);
  return problem.code;
}

/** Resolves once so many direct callers wait for a reader. */
async function untilWaiting(readers: Readers, count: number): Promise<void> {
  while (readers.state().waiting.direct < count) await new Promise((resolve) => setImmediate(resolve));
}

test('the sample is read by real models, as a multipart part and as a plain body alike', async () => {
  const { read, metrics } = await startApp('real');
  const bytes = await readFile(new URL('invoice.jpg', SAMPLE));
  const lines = (await readFile(new URL('invoice.txt', SAMPLE), 'utf8')).split('\n').filter((line) => line !== '');
  const plain = await read(new Uint8Array(bytes), 'image/jpeg');
  expect(plain.status).toBe(200);
  const { page, stages } = ReadBody.parse(await plain.json());
  const text = plainText(page).replace(/\s/g, '');
  const found = lines.filter((line) => text.includes(line.replace(/\s/g, '')));
  expect(found.length).toBeGreaterThan(lines.length * 0.5);
  expect(Object.keys(stages)).toEqual(
    expect.arrayContaining(['decode', 'prepare', 'detect', 'orient', 'recognise', 'arrange', 'read']),
  );
  const multipart = ReadBody.parse(await (await read(form({ file: bytes }))).json());
  expect(multipart.page).toEqual(page);
  let shown = await metrics.registry.metrics();
  while (!shown.includes('docusnap_direct_reads_total{code="ok"} 2')) {
    await new Promise(setImmediate);
    shown = await metrics.registry.metrics();
  }
  expect(shown).toMatch(/docusnap_stage_seconds_count\{stage="read"\} 2/);
});

test('a back end made for CnOCR is greeted, and gets lines with their scores and corners', async () => {
  const { url, read } = await startApp('real');
  expect(await (await fetch(`${url}/`)).json()).toEqual({ message: 'Welcome to CnOCR Server!' });
  const bytes = await readFile(new URL('invoice.jpg', SAMPLE));
  const answer = await fetch(`${url}/ocr`, { method: 'POST', body: form({ image: bytes }) });
  expect(answer.status).toBe(200);
  const { page } = ReadBody.parse(await (await read(new Uint8Array(bytes), 'image/jpeg')).json());
  expect(await answer.json()).toEqual({
    status_code: 200,
    results: linesOf(page).map(({ text, confidence, quad }) => ({ text, score: confidence, position: quad })),
  });
  expect(await problemOf(await fetch(`${url}/ocr`, { method: 'POST', body: form({ other: bytes }) }))).toBe('no_files');
});

test('a caller chooses between the accurate and the fast setting', async () => {
  const { read } = await startApp('real');
  const bytes = new Uint8Array(await readFile(new URL('invoice.jpg', SAMPLE)));
  const [accurate, named, fast] = await Promise.all(
    ['', '?setting=accurate', '?setting=fast'].map(async (query) => {
      return ReadBody.parse(await (await read(bytes, 'image/jpeg', query)).json()).page;
    }),
  );
  expect(named).toEqual(accurate);
  expect(fast).not.toEqual(accurate);
  expect(plainText(fast!)).toContain('INVOICE');
  expect(await problemOf(await read(bytes, 'image/jpeg', '?setting=slow'))).toBe('invalid_options');
});

test('what is no image is refused with a code by the real decoder', async () => {
  const { read } = await startApp('real');
  expect(await problemOf(await read('not an image at all', 'image/png'))).toBe('file_undecodable');
  const bytes = await readFile(new URL('invoice.jpg', SAMPLE));
  const half = bytes.subarray(0, bytes.length / 2);
  expect(await problemOf(await read(new Uint8Array(half), 'image/jpeg'))).toBe('file_truncated');
});

test('bodies that hold no image to read are refused before a reader is asked', async () => {
  const { read } = await startApp('scripted');
  expect(await problemOf(await read('', 'image/png'))).toBe('file_empty');
  expect(await problemOf(await read(form({ file: '' })))).toBe('file_empty');
  expect(await problemOf(await read('{}', 'application/json'))).toBe('unsupported_media_type');
  expect(await problemOf(await read(form({ other: 'x' })))).toBe('no_files');
  expect(await problemOf(await read('broken', 'multipart/form-data'))).toBe('malformed_multipart');
  expect(await problemOf(await read('--x\r\nbroken', 'multipart/form-data; boundary=x'))).toBe('malformed_multipart');
  const large = Buffer.alloc(MAX_BYTES + 1);
  expect(await problemOf(await read(large, 'image/png'))).toBe('file_too_large');
  expect(await problemOf(await read(form({ file: large })))).toBe('file_too_large');
  const two = form({ file: image() });
  two.append('file', new Blob([image()]), 'y');
  expect(await problemOf(await read(two))).toBe('bad_request');
  expect((await read(form({ file: image(), note: 'is let through' }))).status).toBe(200);
});

test.each(['other', 'file'])('a form that breaks off in its part %s is refused, and the next is read', async (name) => {
  const { read } = await startApp('scripted');
  const part = `--x\r\ncontent-disposition: form-data; name="${name}"; filename="a.png"\r\n\r\n${image()}`;
  expect(await problemOf(await read(part, 'multipart/form-data; boundary=x'))).toBe('malformed_multipart');
  expect((await read(form({ file: image() }))).status).toBe(200);
});

test('callers whose images are slow to come keep no other from being read', async () => {
  const { url, read } = await startApp('scripted');
  const slow = Array.from({ length: 4 }, () => {
    const headers = { 'content-type': 'image/png', 'content-length': image().length, expect: '100-continue' };
    return request(`${url}/v1/read`, { method: 'POST', headers });
  });
  await Promise.all(slow.map((outgoing) => once(outgoing, 'continue')));
  for (const outgoing of slow) outgoing.write(image().slice(0, 1));
  expect((await read(image(), 'image/png')).status).toBe(200);
  for (const outgoing of slow) {
    outgoing.end(image().slice(1));
    const [answer] = await once(outgoing, 'response');
    expect(answer.statusCode).toBe(200);
    answer.resume();
  }
});

test('when two callers a reader wait already, the next is told at once when to come again', async () => {
  const { read, readers } = await startApp('scripted');
  const held = await readers.borrow('jobs');
  const waiting = [read(image(), 'image/png'), read(image(), 'image/png')];
  await untilWaiting(readers, 2);
  const refused = await read(image(), 'image/png');
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
  expect(await problemOf(refused)).toBe('readers_busy');
  held.giveBack();
  expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual([200, 200]);
  expect((await read(image(), 'image/png')).status).toBe(200);
});

test('a caller that goes away while waiting frees its seat', async () => {
  const { url, readers } = await startApp('scripted');
  const held = await readers.borrow('jobs');
  const patience = new AbortController();
  const options = { method: 'POST', body: image(), headers: { 'content-type': 'image/png' }, signal: patience.signal };
  const waiting = fetch(`${url}/v1/read`, options).catch(() => 'gone');
  await untilWaiting(readers, 1);
  patience.abort();
  expect(await waiting).toBe('gone');
  while (readers.state().waiting.direct > 0) await new Promise((resolve) => setImmediate(resolve));
  held.giveBack();
});

test('a reader that is lost over a direct read is said so, and the next caller is served', async () => {
  const { read } = await startApp('scripted', { pageTimeoutMs: 2_000 });
  const died = await read(image({ die: [0] }), 'image/png');
  expect(died.status).toBe(500);
  expect(await problemOf(died)).toBe('internal');
  expect(await problemOf(await read(image({ stall: [0] }), 'image/png'))).toBe('page_timeout');
  expect(await problemOf(await read(image({ surprise: [0] }), 'image/png'))).toBe('internal');
  expect((await read(image(), 'image/png')).status).toBe(200);
});

test('readyz shows what really runs, and is not ready without the database', async () => {
  const up = await startApp('scripted');
  const ready = await fetch(`${up.url}/readyz`);
  expect(ready.status).toBe(200);
  expect(await ready.json()).toMatchObject({
    ready: true,
    checks: { database: 'ok', queue: 'degraded' },
    provider: 'scripted',
    readers: { count: 1, ready: 1, busy: 0 },
    queue: 'postgres',
  });
  const down = await startApp('scripted', { databaseUp: false });
  expect((await fetch(`${down.url}/readyz`)).status).toBe(503);
  expect((await fetch(`${down.url}/healthz`)).status).toBe(200);
  expect(await problemOf(await fetch(`${down.url}/nothing`))).toBe('not_found');
});
