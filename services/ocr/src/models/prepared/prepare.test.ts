import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TemporaryFolder, temporaryFolder } from '@docusnap/testing';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { writeTwinSet } from '../../rehearsal/twin-set.ts';
import { loadModels } from '../load.ts';
import type { Precision } from '../onnx/precision.ts';
import { findModelSet, type Registry } from '../registry.ts';
import { loadPreparedSets } from './load.ts';
import { readManifest } from './manifest.ts';
import { prepareModels } from './prepare.ts';

const SET = 'pp-ocrv4-mobile';
const LINE = [1, 3, 48, 160];
const folders: TemporaryFolder[] = [];
let registry: Registry;
let sources: string;

async function emptyFolder(): Promise<string> {
  const folder = await temporaryFolder('prepared');
  folders.push(folder);
  return folder.path;
}

async function prepared(precision: Precision, names = [SET]): Promise<string> {
  const path = await emptyFolder();
  await prepareModels(path, names, { registry, folder: sources, provider: 'cpu', precision });
  return path;
}

beforeAll(async () => {
  sources = await emptyFolder();
  registry = [findModelSet(), await writeTwinSet(sources, 'twin')];
});
afterAll(() => Promise.all(folders.map((folder) => folder.remove())));

/** What a recogniser gives for a line of numbers that are the same in every run. */
async function classesIn({ recognition }: Awaited<ReturnType<typeof loadModels>>['models']) {
  const data = Float32Array.from({ length: 3 * 48 * 160 }, (_, index) => ((index * 7919) % 401) / 200 - 1);
  const outputs = await recognition.run({ [recognition.inputNames[0] ?? '']: { data, dims: LINE } });
  return outputs[recognition.outputNames[0] ?? ''];
}

test('what is loaded from a prepared folder computes to the bit what models loaded from their files compute', async () => {
  for (const precision of ['float32', 'int8'] as const) {
    const fromFiles = await loadModels({ precision });
    const { first } = await loadPreparedSets(await prepared(precision), { provider: 'cpu' });
    expect(first.models.versions).toEqual(fromFiles.models.versions);
    expect(first.models.versions.recognition.precision).toBe(precision);
    expect(first.models.alphabet).toEqual(fromFiles.models.alphabet);
    expect(await classesIn(first.models)).toEqual(await classesIn(fromFiles.models));
  }
});

test('sets keep the order they were asked for in, and what they share is written once', async () => {
  const { sets } = await readManifest(await prepared('int8', ['twin', SET]));
  expect(sets.map(({ name }) => name)).toEqual(['twin', SET]);
  expect(sets[0]!.files.detection).toEqual(sets[1]!.files.detection);
  expect(sets.map(({ versions }) => versions.recognition.precision)).toEqual(['float32', 'int8']);
  expect(sets[0]!.files.recognition).not.toEqual(sets[1]!.files.recognition);
});

test('a prepared file that is gone or was changed is refused by name, and a folder without a manifest too', async () => {
  const folder = await prepared('float32');
  const { file } = (await readManifest(folder)).sets[0]!.files.detection;
  const bytes = await readFile(join(folder, file));
  const load = () => loadPreparedSets(folder, { provider: 'cpu' });
  await writeFile(join(folder, file), bytes.with(bytes.length - 1, bytes.at(-1)! ^ 1));
  await expect(load()).rejects.toMatchObject({
    code: 'models_unavailable',
    message: expect.stringMatching(new RegExp(`${file} was changed`)),
  });
  await rm(join(folder, file));
  await expect(load()).rejects.toMatchObject({
    code: 'models_unavailable',
    message: expect.stringMatching(new RegExp(`${file} cannot be read`)),
  });
  await rm(join(folder, 'manifest.json'));
  await expect(load()).rejects.toMatchObject({
    code: 'models_unavailable',
    message: expect.stringContaining('holds no prepared models'),
  });
});

test('a model whose bytes were changed is refused before anything can be loaded of it', async () => {
  const spoiled = await emptyFolder();
  const { file } = findModelSet().files.detection;
  await writeFile(join(spoiled, file), 'no model');
  const target = await emptyFolder();
  await expect(prepareModels(target, [SET], { folder: spoiled, provider: 'cpu' })).rejects.toMatchObject({
    code: 'models_unavailable',
    message: expect.stringContaining(file),
  });
  await expect(readManifest(target)).rejects.toMatchObject({ code: 'models_unavailable' });
});
