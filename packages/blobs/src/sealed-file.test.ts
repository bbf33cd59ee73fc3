import { randomBytes } from 'node:crypto';
import { readdirSync, readlinkSync } from 'node:fs';
import { readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TemporaryFolder, temporaryFolder } from '@docusnap/testing';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { openBlobStore } from './filesystem.ts';
import { CHUNK_BYTES } from './sealed-stream.ts';

const KEY = randomBytes(32);
/** Noise is stored as it is, what repeats is packed: chunks of both kinds, and a last one that is not full. */
const FILE = Buffer.concat([randomBytes(2 * CHUNK_BYTES), Buffer.alloc(9 * CHUNK_BYTES, 'repeats '), randomBytes(77)]);

let folder: TemporaryFolder;
let store: ReturnType<typeof openBlobStore>;
beforeAll(async () => {
  folder = await temporaryFolder('sealed-file');
  store = openBlobStore(folder.path);
  await put('whole', FILE);
});
afterAll(() => folder.remove());

function put(name: string, bytes: Buffer): Promise<void> {
  return store.put(
    `t/${name}`,
    KEY,
    (async function* () {
      yield bytes;
    })(),
  );
}

const open = (name: string, key = KEY) => store.openAt!(`t/${name}`, key);
const pathOf = (name: string) => join(folder.path, 't', name);

/** What this process holds open of the store. */
function opened(): string[] {
  const links = readdirSync('/proc/self/fd').map((name) => {
    try {
      return readlinkSync(`/proc/self/fd/${name}`);
    } catch {
      return '';
    }
  });
  return links.filter((path) => path.startsWith(folder.path));
}

test('any part is what was stored', () => {
  const file = open('whole');
  expect(file.length).toBe(FILE.length);
  const position = fc.nat(FILE.length + 10);
  fc.assert(
    fc.property(position, fc.nat(3 * CHUNK_BYTES), (from, length) => {
      const target = Buffer.alloc(length);
      const count = file.read(from, target);
      expect(count).toBe(Math.max(0, Math.min(length, FILE.length - from)));
      expect(target.subarray(0, count).equals(FILE.subarray(from, from + count))).toBe(true);
    }),
    { numRuns: 200 },
  );
  file.rest();
});

test.each([0, 1, CHUNK_BYTES, CHUNK_BYTES + 1])('a file of %d bytes is read to its end', async (length) => {
  const bytes = FILE.subarray(0, length);
  await put(`of-${length}`, bytes);
  const file = open(`of-${length}`);
  const target = Buffer.alloc(length + 1);
  expect([file.length, file.read(0, target)]).toEqual([length, length]);
  expect(target.subarray(0, length).equals(bytes)).toBe(true);
  file.rest();
});

test('while it rests nothing is open, and it is found again, or missed', async () => {
  await put('rests', FILE);
  const file = open('rests');
  expect(opened()).toHaveLength(1);
  file.rest();
  file.rest();
  expect(opened()).toEqual([]);
  await rename(pathOf('rests'), pathOf('away'));
  const piece = Buffer.alloc(10);
  expect(() => file.read(0, piece)).toThrow(expect.objectContaining({ code: 'blob_missing' }));
  await rename(pathOf('away'), pathOf('rests'));
  expect(file.read(5, piece)).toBe(10);
  expect(piece.equals(FILE.subarray(5, 15))).toBe(true);
  file.rest();
  await rm(pathOf('rests'));
});

test('a file that is not there is missing', () => {
  expect(() => open('nowhere')).toThrow(expect.objectContaining({ code: 'blob_missing' }));
});

test('a folder in its place cannot be read', () => {
  expect(() => store.openAt!('t', KEY)).toThrow(expect.objectContaining({ code: 'storage_unavailable' }));
});

const cut = (by: number) => async (path: string) => truncate(path, (await readFile(path)).length - by);
const altered = (change: (bytes: Buffer) => Buffer) => async (path: string) =>
  writeFile(path, change(await readFile(path)));

test.each<[string, (path: string) => Promise<void>]>([
  ['cut by a byte', cut(1)],
  ['cut by its last chunk', cut(77 + 1 + 16 + 4)],
  ['cut to its header', (path) => truncate(path, 36)],
  ['zeroed behind its header', altered((bytes) => Buffer.concat([bytes.subarray(0, 36), Buffer.alloc(1_000_000)]))],
  ['emptied', (path) => truncate(path, 0)],
  ['followed by more', altered((bytes) => Buffer.concat([bytes, Buffer.of(0)]))],
  ['of another form', altered((bytes) => Buffer.concat([Buffer.from('DSB9'), bytes.subarray(4)]))],
  [
    'with a length beyond a chunk',
    altered((bytes) => Buffer.concat([bytes.subarray(0, 36), Buffer.of(0x7f), bytes.subarray(37)])),
  ],
  [
    'altered in its last chunk',
    altered((bytes) => Buffer.concat([bytes.subarray(0, -20), Buffer.of(bytes.at(-20)! ^ 1), bytes.subarray(-19)])),
  ],
])('a file %s is damaged', async (_, damage) => {
  await put('damaged', FILE);
  await damage(pathOf('damaged'));
  expect(() => open('damaged')).toThrow(expect.objectContaining({ code: 'blob_damaged' }));
  expect(opened()).toEqual([]);
});

test('a chunk that was altered is damaged where it is read, and nowhere else', async () => {
  await put('altered', FILE);
  const bytes = await readFile(pathOf('altered'));
  bytes[40 + CHUNK_BYTES + 100]! ^= 1;
  await writeFile(pathOf('altered'), bytes);
  const file = open('altered');
  expect(file.read(0, Buffer.alloc(CHUNK_BYTES))).toBe(CHUNK_BYTES);
  expect(() => file.read(CHUNK_BYTES - 1, Buffer.alloc(2))).toThrow(expect.objectContaining({ code: 'blob_damaged' }));
  file.rest();
});

test('another key, or the bytes of another file, are damage', async () => {
  expect(() => open('whole', randomBytes(32))).toThrow(expect.objectContaining({ code: 'blob_damaged' }));
  await writeFile(pathOf('other'), await readFile(pathOf('whole')));
  expect(() => open('other')).toThrow(expect.objectContaining({ code: 'blob_damaged' }));
});
