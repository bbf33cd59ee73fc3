import { existsSync } from 'node:fs';
import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '@docusnap/testing';
import { expect, test } from '@jest/globals';
import { READING_PARTS, readingVersion } from './reading-version.ts';

const OCR = fileURLToPath(new URL('..', import.meta.url));

test('it is the same each time, and short', async () => {
  const version = await readingVersion();
  expect(version).toMatch(/^[0-9a-f]{16}$/);
  expect(await readingVersion()).toBe(version);
});

test('it changes with any source and any package below, and not with tests', async () => {
  const { path, remove } = await temporaryFolder('reading');
  const root = join(path, 'ocr');
  const sources = join(root, 'src');
  for (const name of ['decode', 'reader']) await cp(join(OCR, 'src', name), join(sources, name), { recursive: true });
  const manifest = (version: string) => JSON.stringify({ version, dependencies: { sharp: 'catalog:' } });
  await writeFile(join(root, 'package.json'), manifest('1.0.0'));
  await cp(join(OCR, 'package.json'), join(root, 'node_modules', 'sharp', 'package.json'));
  const now = () => readingVersion([{ sources, root }]);

  const first = await now();
  await writeFile(join(sources, 'decode', 'new.test.ts'), 'a test');
  expect(await now()).toBe(first);
  const seen = new Set([first]);
  const source = join(sources, 'decode', 'picture.ts');
  await writeFile(source, `${await readFile(source, 'utf8')}// changed\n`);
  seen.add(await now());
  await rm(join(sources, 'reader', 'stopwatch.ts'));
  seen.add(await now());
  await writeFile(join(root, 'node_modules', 'sharp', 'package.json'), manifest('9.9.9'));
  seen.add(await now());
  expect(seen.size).toBe(4);
  await remove();
});

test('the engine, the decoders and what reads PDFs are among what it is made of', () => {
  const has = (file: string) => READING_PARTS.some(({ sources }) => existsSync(join(sources, file)));
  const files = [
    'read-page.ts',
    'settings.ts',
    'decode/decode-frame.ts',
    'decode/pdf/lines.ts',
    'reader/read-frame.ts',
  ];
  expect(files.filter((file) => !has(file))).toEqual([]);
});
