import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readFileBytes } from './file-bytes.ts';

const KIB = 1_024;
let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'docusnap-file-bytes-'));
  path = join(folder, 'file');
});
afterEach(() => rm(folder, { recursive: true }));

/** No two stretches of it are alike. */
const bytesOf = (length: number): Buffer =>
  Buffer.from(Uint8Array.from({ length }, (_, at) => (at * 31 + (at >> 8)) % 251));

test('whatever lengths are taken are the bytes of the file, null behind its end', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(0, 1, 100, 256 * KIB, 256 * KIB + 1, 900 * KIB),
      fc.array(fc.constantFrom(0, 4, 36, 5_000, 128 * KIB, 300 * KIB), { maxLength: 9 }),
      async (length, asked) => {
        const whole = bytesOf(length);
        await writeFile(path, whole);
        const reader = readFileBytes(path);
        let at = 0;
        for (const count of asked) {
          const taken = await reader.take(count);
          if (at + count > length) {
            expect(taken).toBeNull();
            break;
          }
          expect(taken?.equals(whole.subarray(at, at + count))).toBe(true);
          at += count;
        }
        expect(await reader.atEnd()).toBe(at === length);
        await reader.close();
      },
    ),
    { numRuns: 40 },
  );
});

test('reads go through the same memory, which is given back at the end', async () => {
  await writeFile(path, bytesOf(900 * KIB));
  const reader = readFileBytes(path);
  const taken = await Promise.all([
    await reader.take(130 * KIB),
    await reader.take(130 * KIB),
    await reader.take(130 * KIB),
  ]);
  expect(new Set(taken.map((piece) => piece?.buffer)).size).toBe(1);
  await reader.close();
  expect(taken.map((piece) => piece?.length)).toEqual([0, 0, 0]);
});

test('a file that is not there is missing, and one that was never opened can be closed', async () => {
  await expect(readFileBytes(path).take(1)).rejects.toMatchObject({ code: 'blob_missing' });
  await readFileBytes(path).close();
});
