import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TemporaryFolder, temporaryFolder } from '@docusnap/testing';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { type Answer, type ModelServer, startModelServer, whole } from '../../rehearsal/model-server.ts';
import { writeTwinSet } from '../../rehearsal/twin-set.ts';
import { loadModels } from '../load.ts';
import { findModelSet, type Registry } from '../registry.ts';
import { runCommand } from './command.ts';

let folder: TemporaryFolder;
let source: TemporaryFolder;
let server: ModelServer;
let registry: Registry;
let answers: Record<string, Answer>;
let bytes: Buffer;

beforeAll(async () => {
  source = await temporaryFolder('models-source');
  answers = {};
  server = await startModelServer(answers);
  registry = [findModelSet(), await writeTwinSet(source.path, 'twin', server.url)];
  bytes = await readFile(join(source.path, 'twin_rec.onnx'));
});
beforeEach(async () => {
  folder = await temporaryFolder('models');
  answers['/twin_rec.onnx'] = whole(bytes);
  server.asked.length = 0;
});
afterEach(() => folder.remove());
afterAll(async () => {
  await server.close();
  await source.remove();
});

async function run(...args: string[]) {
  const [printed, complained]: [string[], string[]] = [[], []];
  const print = (line: string) => printed.push(line);
  const complain = (line: string) => complained.push(line);
  const code = await runCommand(args, { registry, folder: folder.path, print, complain });
  return { code, printed: printed.join('\n'), complained: complained.join('\n') };
}

test('list shows what is installed, what is not and what was never tried', async () => {
  const { code, printed } = await run('list');
  expect(code).toBe(0);
  expect(printed).toMatch(/^NAME +GENERATION +TIER +SIZE +LICENCE +INSTALLED +TRIED +LANGUAGES$/m);
  expect(printed).toMatch(/^pp-ocrv4-mobile +PP-OCRv4 +mobile +16.2 MB +Apache-2.0 +yes +yes +zh en$/m);
  expect(printed).toMatch(/^twin +PP-OCRv4 +mobile +unknown +Apache-2.0 +no +no +zh en$/m);
  expect(printed).toContain(folder.path);
});

test('pull fetches what is missing of a set, which can then be loaded', async () => {
  const pulled = await run('pull', 'twin');
  expect(pulled).toMatchObject({ code: 0, complained: '' });
  expect(pulled.printed).toContain(`OCR_MODELS_DIR=${folder.path} OCR_MODELS=twin`);
  expect(server.asked).toEqual(['/twin_rec.onnx']);
  expect(await loadModels({ registry, set: 'twin', folder: folder.path })).toMatchObject({ set: 'twin' });
  expect((await run('list')).printed).toMatch(/^twin +PP-OCRv4 +mobile +16.2 MB +Apache-2.0 +yes +no /m);
});

test('pull leaves alone what is there and sound, and fetches again what is damaged', async () => {
  await run('pull', 'twin');
  expect((await run('pull', 'twin')).printed).toContain('twin_rec.onnx: is installed');
  expect(server.asked).toHaveLength(1);
  await writeFile(join(folder.path, 'twin_rec.onnx'), 'damaged');
  expect((await run('pull', 'twin', 'pp-ocrv4-mobile')).code).toBe(0);
  expect(server.asked).toHaveLength(2);
});

test('pull says what to do about a damaged file that stands before the one of an npm package', async () => {
  const path = join(folder.path, findModelSet().files.detection.file);
  await writeFile(path, 'junk');
  const { code, complained } = await run('pull', findModelSet().name);
  expect([code, complained]).toEqual([
    1,
    expect.stringContaining(`${path} is not the file of the catalogue; delete it.`),
  ]);
});

test('pull of what the server does not have ends with the code, and leaves nothing', async () => {
  delete answers['/twin_rec.onnx'];
  const { code, complained, printed } = await run('pull', 'twin');
  expect(code).toBe(1);
  expect(complained).toMatch(/^twin_rec.onnx: model_download_failed: .*answered 404/);
  expect(printed).not.toContain('Ready');
  expect(await readdir(folder.path)).toEqual([]);
});

test('pull of a name that is not in the catalogue names those that are, and asks for nothing', async () => {
  const { code, complained } = await run('pull', 'twin', 'none');
  expect(code).toBe(1);
  expect(complained).toMatch(/"none"; there are: pp-ocrv4-mobile, twin/);
  expect(server.asked).toEqual([]);
});

test('verify finds the file that is not what the catalogue says, and names what is not in it', async () => {
  await run('pull', 'twin');
  expect(await run('verify')).toMatchObject({ code: 0, complained: '' });
  await writeFile(join(folder.path, 'twin_rec.onnx'), bytes.subarray(1));
  await writeFile(join(folder.path, 'own.onnx'), '');
  await writeFile(join(folder.path, '.twin_rec.onnx.1.part'), '');
  const { code, complained, printed } = await run('verify');
  expect(code).toBe(1);
  expect(complained).toMatch(/^BAD .*twin_rec.onnx has SHA-256 [0-9a-f]{64}, expected/);
  expect(printed).toMatch(/own.onnx \(not in the catalogue\)/);
  expect(printed).toMatch(/part \(left by a download that was killed/);
  expect(printed.match(/^ok /gm)).toHaveLength(4);
});

test('--help says how it is used, and that is no error', async () => {
  expect(await run('--help')).toMatchObject({ code: 0, complained: '', printed: expect.stringContaining('verify') });
});

test.each([[[]], [['pull']], [['list', 'all']], [['remove']]])('%j is answered with how it is used', async (args) => {
  const { code, complained } = await run(...args);
  expect(code).toBe(1);
  expect(complained).toMatch(/^Usage: npm run models/);
});
