import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TemporaryFolder, temporaryFolder } from '@docusnap/testing';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import {
  type Answer,
  type ModelServer,
  shortened,
  stalled,
  startModelServer,
  truncated,
  whole,
} from '../rehearsal/model-server.ts';
import { type FetchOptions, fetchFile } from './fetch-file.ts';
import type { ModelFile } from './registry.ts';

/** Larger than one read of a socket. */
const CONTENT = Buffer.alloc(300_000, 'model ');
const OTHER = Buffer.alloc(300_000, 'other ');

let folder: TemporaryFolder;
let server: ModelServer | undefined;
beforeEach(async () => {
  folder = await temporaryFolder('fetch');
});
afterEach(async () => {
  await server?.close();
  server = undefined;
  await folder.remove();
});

const fileOf = (url: string): ModelFile => ({
  name: 'model',
  file: 'model.onnx',
  sha256: createHash('sha256').update(CONTENT).digest('hex'),
  from: { url },
});

async function fetchFrom(
  answer: Answer,
  options: FetchOptions & { bytes?: number; into?: string } = {},
): Promise<void> {
  server = await startModelServer({ '/model.onnx': answer });
  const url = `${server.url}model.onnx`;
  const file = { ...fileOf(url), ...(options.bytes === undefined ? {} : { bytes: options.bytes }) };
  await fetchFile(file, url, options.into ?? folder.path, options);
}

test('a file that is whole and right gets its name, in a folder that need not be there', async () => {
  const into = join(folder.path, 'deep', 'models');
  await fetchFrom(whole(CONTENT), { into });
  expect(await readdir(into)).toEqual(['model.onnx']);
  expect(await readFile(join(into, 'model.onnx'))).toEqual(CONTENT);
});

test('a file that was damaged on the disk is replaced', async () => {
  await writeFile(join(folder.path, 'model.onnx'), 'damaged');
  await fetchFrom(whole(CONTENT));
  expect(await readFile(join(folder.path, 'model.onnx'))).toEqual(CONTENT);
});

test.each<[string, Answer, FetchOptions & { bytes?: number }, string, RegExp]>([
  [
    'of another hash',
    whole(OTHER),
    {},
    'model_damaged',
    /sent 300000 bytes of SHA-256 [0-9a-f]{64}, expected [0-9a-f]{64}/,
  ],
  ['that is cut off in mid-stream', truncated(CONTENT), {}, 'model_download_failed', /broke off: .*after \d+ bytes/],
  ['that ends early as if that were all', shortened(CONTENT), {}, 'model_damaged', /sent 150000 bytes/],
  ['that is not there', (response) => response.writeHead(404).end(), {}, 'model_download_failed', /answered 404/],
  ['of a server in trouble', (response) => response.writeHead(503).end(), {}, 'model_download_failed', /answered 503/],
  ['whose server falls silent', stalled(CONTENT), { stallMs: 200 }, 'model_download_failed', /sent nothing for 0.2 s/],
  ['whose server never answers', () => undefined, { stallMs: 200 }, 'model_download_failed', /sent nothing for 0.2 s/],
  ['that does not end', whole(CONTENT), { bytes: 1_000 }, 'model_damaged', /more than the 1000 bytes/],
])(
  'a file %s is refused with a code, and what was there stays as it was',
  async (_what, answer, options, code, message) => {
    await writeFile(join(folder.path, 'model.onnx'), 'the old one');
    await expect(fetchFrom(answer, options)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
    expect(await readdir(folder.path)).toEqual(['model.onnx']);
    expect(await readFile(join(folder.path, 'model.onnx'), 'utf8')).toBe('the old one');
  },
);

test('a server that cannot be reached is said so', async () => {
  const gone = await startModelServer({});
  const url = `${gone.url}model.onnx`;
  await gone.close();
  await expect(fetchFile(fileOf(url), url, folder.path)).rejects.toMatchObject({
    code: 'model_download_failed',
    message: expect.stringMatching(/ECONNREFUSED/),
  });
});

test('a download that is given up leaves nothing, and throws the reason', async () => {
  const patience = new AbortController();
  const reason = new Error('enough');
  const sent = (response: Parameters<Answer>[0]) => {
    stalled(CONTENT)(response);
    setTimeout(() => patience.abort(reason), 50);
  };
  await expect(fetchFrom(sent, { signal: patience.signal })).rejects.toBe(reason);
  expect(await readdir(folder.path)).toEqual([]);
});

test('a folder that cannot be written is said so, and nothing is asked for', async () => {
  const into = join(folder.path, 'file');
  await writeFile(into, 'no folder');
  await expect(fetchFrom(whole(CONTENT), { into })).rejects.toMatchObject({ code: 'storage_unavailable' });
  expect(server?.asked).toEqual([]);
});

test('a name that is taken by a folder is said so, and nothing is left beside it', async () => {
  await mkdir(join(folder.path, 'model.onnx'));
  await expect(fetchFrom(whole(CONTENT))).rejects.toMatchObject({ code: 'storage_unavailable' });
  expect(await readdir(folder.path)).toEqual(['model.onnx']);
});
