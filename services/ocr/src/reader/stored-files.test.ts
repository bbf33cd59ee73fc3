import { randomBytes } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { openStoredFiles } from './stored-files.ts';

const CHUNK = 128 * 1024;
const KEY = randomBytes(32);

/** A store of one file; its parts are kept here, to be looked at. */
function storeOf(file: Buffer) {
  const parts: Buffer[] = [];
  async function* get(): AsyncGenerator<Buffer> {
    for (let from = 0; from < file.length; from += CHUNK) {
      const part = Buffer.from(file.subarray(from, from + CHUNK));
      parts.push(part);
      yield part;
    }
  }
  return { blobs: { get }, parts };
}

test.each([0, 1, CHUNK, 2 * CHUNK + 1, 9 * CHUNK + 77])('a file of %d bytes is given whole', async (size) => {
  const file = randomBytes(size);
  const { blobs, parts } = storeOf(file);
  expect((await openStoredFiles(blobs).fetch('a', KEY)).equals(file)).toBe(true);
  // The memory of full parts is given back; a small one lies in a pool, with others that are in use.
  expect(parts.filter(({ length }) => length > 0).length).toBe(size % CHUNK === 0 ? 0 : 1);
});

test('the last file is kept', async () => {
  const { blobs, parts } = storeOf(randomBytes(CHUNK));
  const files = openStoredFiles(blobs);
  await files.fetch('a', KEY);
  await files.fetch('a', KEY);
  expect(parts).toHaveLength(1);
});

test('a file that cannot be read where it lies is fetched', async () => {
  const file = randomBytes(2 * CHUNK + 1);
  const { blobs } = storeOf(file);
  const opened = await openStoredFiles(blobs).openAt('a', KEY);
  const piece = Buffer.alloc(10);
  expect([opened.length, opened.read(CHUNK - 5, piece)]).toEqual([file.length, 10]);
  expect(piece.equals(file.subarray(CHUNK - 5, CHUNK + 5))).toBe(true);
});
