import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from '@docusnap/testing';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { UsageError } from '../usage.ts';
import { listImages } from './images.ts';

let root: Awaited<ReturnType<typeof temporaryFolder>>;
let folder: string;

beforeEach(async () => {
  root = await temporaryFolder('images');
  folder = join(root.path, 'receipts-en');
  await mkdir(folder);
});
afterEach(() => root.remove());

const put = (name: string, text = '') => writeFile(join(folder, name), text);
const truth = (text: string) => JSON.stringify({ lines: [{ text, polygon: [] }] });

test('images are listed with the truth that lies beside them, and the folder names their set', async () => {
  await put('b.PNG');
  await put('b.json', truth('B'));
  await put('a.jpg');
  await put('notes.txt');
  await put('c.json', truth('C'));
  expect(listImages(folder, {})).toEqual({
    set: 'receipts-en',
    images: [
      { name: 'a', path: join(folder, 'a.jpg'), truth: null },
      { name: 'b', path: join(folder, 'b.PNG'), truth: ['B'] },
    ],
    withoutImage: [{ name: 'c', truth: ['C'] }],
  });
  expect(listImages(folder, { set: 'other' }).set).toBe('other');
});

test('truth may lie elsewhere', async () => {
  await put('a.jpg');
  await mkdir(join(root.path, 'truth'));
  await writeFile(join(root.path, 'truth', 'a.json'), truth('A'));
  expect(listImages(folder, { truth: join(root.path, 'truth') }).images[0]?.truth).toEqual(['A']);
});

test('a folder that is missing, empty or ambiguous, or truth of another shape, is a mistake of the call', async () => {
  expect(() => listImages(join(root.path, 'absent'), {})).toThrow(UsageError);
  expect(() => listImages(folder, {})).toThrow('no image');
  await put('a.jpg');
  await put('a.json', '{"pages":[]}');
  expect(() => listImages(folder, {})).toThrow('a.json');
  await put('a.json', truth('A'));
  await put('a.png');
  expect(() => listImages(folder, {})).toThrow('Two images');
});
