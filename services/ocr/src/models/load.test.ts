import { copyFile, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { writeTwinSet } from '../rehearsal/twin-set.ts';
import { locateModelFile } from './files.ts';
import { loadModels } from './load.ts';
import { filesOf, findModelSet, type ModelSet } from './registry.ts';
import { openSession } from './session.ts';

const set = findModelSet();
const folders: string[] = [];

async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'docusnap-models-'));
  folders.push(folder);
  return folder;
}

/** A folder with the set's files as they are, to be spoiled. */
async function copiedModels(): Promise<string> {
  const folder = await emptyFolder();
  for (const file of filesOf(set)) {
    const { path } = (await locateModelFile(file, undefined))!;
    await copyFile(path, join(folder, file.file));
  }
  return folder;
}

let folder: string;
beforeAll(async () => {
  folder = await copiedModels();
});
afterAll(async () => {
  await Promise.all(folders.map((path) => rm(path, { recursive: true, force: true })));
});

test('the default set loads from its npm package and says what it is and where it runs', async () => {
  const { models, set: name, provider, precision } = await loadModels();
  expect([name, provider]).toEqual(['pp-ocrv4-mobile', 'cpu']);
  expect(models.versions.recognition).toEqual({
    name: 'ch_PP-OCRv4_rec_mobile',
    sha256: set.files.recognition.sha256,
    precision,
  });
  expect(models.versions.detection).not.toHaveProperty('precision');
});

test('the alphabet is blank, the keys in order, space', async () => {
  const { models } = await loadModels({ folder });
  expect(models.alphabet.length).toBe(6625);
  expect(models.alphabet[0]).toBe('');
  expect(models.alphabet[6624]).toBe(' ');
  expect(models.alphabet.indexOf(' ')).toBe(6624);
  expect(new Set(models.alphabet).size).toBe(6625);
});

test('sizes in the registry are those of the files', async () => {
  for (const { file, bytes } of filesOf(set)) {
    expect((await stat(join(folder, file))).size).toBe(bytes);
  }
});

test('a model whose bytes were changed is refused, by name', async () => {
  const spoiled = await copiedModels();
  await writeFile(join(spoiled, set.files.detection.file), 'no model');
  await expect(loadModels({ folder: spoiled })).rejects.toMatchObject({
    code: 'models_unavailable',
    message: expect.stringContaining(set.files.detection.file),
  });
});

test('what a mounted folder lacks comes from the npm package', async () => {
  const mounted = await copiedModels();
  await rm(join(mounted, set.files.detection.file));
  await expect(loadModels({ folder: mounted })).resolves.toMatchObject({ set: 'pp-ocrv4-mobile' });
});

test('a file that is nowhere is named, with the folder and what would bring it', async () => {
  const empty = await emptyFolder();
  await expect(loadModels({ folder: empty, set: 'pp-ocrv5-mobile' })).rejects.toMatchObject({
    code: 'models_unavailable',
    message: expect.stringMatching(
      new RegExp(`ch_PP-OCRv5_rec_mobile.onnx is not in ${empty}.*npm run models -- pull`),
    ),
  });
  const orphan: ModelSet = { ...set, files: { ...set.files, recognition: nowhere } };
  await expect(loadModels({ registry: [orphan] })).rejects.toMatchObject({
    message: expect.stringMatching(/the package @docusnap\/none is not installed/),
  });
});
const nowhere = { ...set.files.recognition, file: 'none.onnx', from: { package: '@docusnap/none' } };

test('a set without a file of keys takes them from the metadata of its recogniser', async () => {
  const mounted = await emptyFolder();
  const registry = [set, await writeTwinSet(mounted, 'twin')];
  const [first, twin] = [await loadModels({ registry }), await loadModels({ registry, set: 'twin', folder: mounted })];
  expect(twin.models.alphabet).toEqual(first.models.alphabet);
  expect(twin.models.versions.recognition).toEqual({
    name: 'twin_rec',
    sha256: registry[1]!.files.recognition.sha256,
    // Nobody calibrated it.
    precision: 'float32',
  });
});

test('a set whose recogniser does not say what it reads is refused', async () => {
  const silent: ModelSet = { ...set, files: { ...set.files, alphabet: undefined } };
  await expect(loadModels({ registry: [silent] })).rejects.toMatchObject({
    code: 'models_unavailable',
    message: expect.stringContaining('"character"'),
  });
});

test('a set that is not in the registry is refused', async () => {
  await expect(loadModels({ set: 'none' })).rejects.toMatchObject({ code: 'models_unavailable' });
});

test('bytes that are no model are refused', async () => {
  await expect(openSession(Buffer.from('no model'), 'noise', 'cpu')).rejects.toMatchObject({
    code: 'models_unavailable',
  });
});

test('a provider that was asked for and is not there is an error, never a run on the CPU', async () => {
  // npm's onnxruntime-node names CUDA among its providers, but comes without its libraries.
  await expect(loadModels({ provider: 'cuda' })).rejects.toMatchObject({ code: 'provider_unavailable' });
});
