import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { openBlobStore } from '@docusnap/blobs';
import { PageText, plainText } from '@docusnap/contracts';
import { type TemporaryFolder, temporaryFolder } from '@docusnap/testing';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openPdfShelf } from '../decode/pdf/shelf.ts';
import { type Desk, readPiped } from '../reader/answer.ts';
import { openLastPages } from '../reader/last-page.ts';
import { openPipedBytes } from '../reader/piped-bytes.ts';
import { writeTwinSet } from '../rehearsal/twin-set.ts';
import { loadPreparedSets } from './prepared/load.ts';
import { prepareModels } from './prepared/prepare.ts';
import { findModelSet, type Registry } from './registry.ts';
import type { LoadedSets } from './sets.ts';

const SAMPLE = new URL('../../../../deploy/embedded/sample/invoice.jpg', import.meta.url);

let folder: TemporaryFolder;
let registry: Registry;
let sets: LoadedSets;
beforeAll(async () => {
  folder = await temporaryFolder('sets');
  registry = [findModelSet(), await writeTwinSet(folder.path, 'twin')];
  const prepared = join(folder.path, 'prepared');
  await mkdir(prepared);
  await prepareModels(prepared, ['twin', 'pp-ocrv4-mobile'], {
    registry,
    folder: folder.path,
    provider: 'cpu',
    // The twin has no other form, and texts are compared.
    precision: 'float32',
  });
  sets = await loadPreparedSets(prepared, { provider: 'cpu' });
});
afterAll(() => folder.remove());

test('the first name is the default, and any other that is loaded can be chosen', () => {
  expect(sets.first.set).toBe('twin');
  expect(sets.choose(undefined)).toBe(sets.first.models);
  expect(sets.choose('twin')).toBe(sets.first.models);
  expect(sets.choose('pp-ocrv4-mobile').versions.recognition.name).toBe('ch_PP-OCRv4_rec_mobile');
});

test('what two sets have in common is loaded once', () => {
  const [twin, other] = [sets.choose('twin'), sets.choose('pp-ocrv4-mobile')];
  expect(twin.detection).toBe(other.detection);
  expect(twin.orientation).toBe(other.orientation);
  expect(twin.recognition).not.toBe(other.recognition);
});

test('a set in the catalogue that is not loaded is refused, and those that are get named', () => {
  expect(() => sets.choose('pp-ocrv6-small')).toThrow(
    expect.objectContaining({
      code: 'model_not_loaded',
      status: 422,
      message: expect.stringMatching(/"pp-ocrv6-small" was asked for; loaded are: twin, pp-ocrv4-mobile\.$/),
    }),
  );
});

test('one set that cannot be loaded is an error, whatever the others are', async () => {
  const prepared = join(folder.path, 'half');
  await mkdir(prepared);
  const options = { registry, provider: 'cpu' } as const;
  await expect(prepareModels(prepared, ['pp-ocrv4-mobile', 'twin'], options)).rejects.toMatchObject({
    code: 'models_unavailable',
    message: expect.stringContaining('twin_rec.onnx'),
  });
  await expect(loadPreparedSets(prepared, { provider: 'cpu' })).rejects.toMatchObject({ code: 'models_unavailable' });
});

test('each page is read with the models it asks for, and says which; a refusal leaves the reader as it was', async () => {
  const image = await readFile(SAMPLE);
  const pipe = new PassThrough();
  const none = () => Promise.reject(new Error('no file is stored'));
  const files = { fetch: none, openAt: none };
  const desk: Desk = {
    modelsFor: sets.choose,
    files,
    pdfs: openPdfShelf(),
    blobs: openBlobStore(folder.path),
    lastPages: openLastPages(),
    piped: openPipedBytes(pipe),
  };
  const ask = (model?: string) => {
    pipe.write(image);
    return readPiped(desk, { kind: 'readPiped', length: image.length, maxPixels: 100_000_000, model }, { lanes: 1 });
  };
  const byDefault = PageText.parse(JSON.parse((await ask()).page));
  await expect(ask('none')).rejects.toMatchObject({ code: 'model_not_loaded' });
  const chosen = PageText.parse(JSON.parse((await ask('pp-ocrv4-mobile')).page));
  expect(byDefault.models?.recognition.name).toBe('twin_rec');
  expect(chosen.models?.recognition.name).toBe('ch_PP-OCRv4_rec_mobile');
  expect(plainText(chosen).length).toBeGreaterThan(100);
  expect(plainText(byDefault)).toBe(plainText(chosen));
});
