import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from '@docusnap/testing';
import { expect, test } from '@jest/globals';
import { foldersOf } from './folders.ts';
import { suggestedForOcr, unlessSet } from './services.ts';

test('models are looked for where the command puts them, once it did', async () => {
  const home = await temporaryFolder('models');
  try {
    const folders = foldersOf(home.path);
    expect(suggestedForOcr(folders)).not.toHaveProperty('OCR_MODELS_DIR');
    await mkdir(join(home.path, 'models'));
    expect(suggestedForOcr(folders)).toMatchObject({ OCR_COMPAT: 'on', OCR_MODELS_DIR: join(home.path, 'models') });
  } finally {
    await home.remove();
  }
});

test.each([
  [{}, 'ours'],
  [{ FOLDER: '' }, 'ours'],
  [{ FOLDER: 'theirs' }, undefined],
  [{ FOLDER_FILE: '/run/secrets/folder' }, undefined],
])('with %j around it a suggestion is %j', (environment, value) => {
  expect(unlessSet(environment, { FOLDER: 'ours' }).FOLDER).toBe(value);
});
