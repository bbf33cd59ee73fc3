import { copyFile, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { alphabetOf } from './alphabet.ts';
import { packageFolder } from './files.ts';
import { loadModels } from './load.ts';
import { findModelSet } from './registry.ts';
import { openSession } from './session.ts';

const set = findModelSet();
const folders: string[] = [];

/** A folder with the set's files as they are, to be spoiled. */
async function copiedModels(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'docusnap-models-'));
  folders.push(folder);
  for (const { file } of Object.values(set.files)) {
    await copyFile(join(packageFolder(set), file), join(folder, file));
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
  const { models, set: name, provider } = await loadModels();
  expect([name, provider]).toEqual(['pp-ocrv4-mobile', 'cpu']);
  expect(models.versions.recognition).toEqual({
    name: 'ch_PP-OCRv4_rec_mobile',
    sha256: set.files.recognition.sha256,
  });
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
  for (const { file, bytes } of Object.values(set.files)) {
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

test('a missing file is named', async () => {
  const spoiled = await copiedModels();
  await rm(join(spoiled, set.files.alphabet.file));
  await expect(loadModels({ folder: spoiled })).rejects.toMatchObject({
    code: 'models_unavailable',
    message: expect.stringContaining(set.files.alphabet.file),
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

test('an alphabet that does not fit the model is refused', () => {
  expect(alphabetOf('a\r\nb\r\n', 4)).toEqual(['', 'a', 'b', ' ']);
  expect(() => alphabetOf('a\nb\n', 5)).toThrow(expect.objectContaining({ code: 'models_unavailable' }));
});
