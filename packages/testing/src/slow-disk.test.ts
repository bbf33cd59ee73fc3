import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { temporaryFolder } from './folders.ts';

const run = promisify(execFile);
const SLOW_DISK = new URL('./slow-disk.ts', import.meta.url).href;
const DELAY_MS = 3_000;

/** Says how long a program takes to open a file, in milliseconds. */
const PROGRAM = `
import { open } from 'node:fs/promises';
const started = performance.now();
await (await open(process.argv[1], 'w')).close();
console.log(performance.now() - started);`;

test('files below BLOB_DIR are slow for a program that knows nothing of it, others are not, and none without the word', async () => {
  const folder = await temporaryFolder();
  const blobs = join(folder.path, 'blobs');
  await mkdir(blobs);
  const takes = async (path: string): Promise<number> => {
    const words = ['--import', SLOW_DISK, '--input-type=module', '--eval', PROGRAM, path];
    return Number((await run(process.execPath, words, { env: { BLOB_DIR: blobs } })).stdout);
  };
  expect(await takes(join(blobs, 'a'))).toBeLessThan(DELAY_MS);
  await writeFile(`${blobs}.slow`, String(DELAY_MS));
  expect(await takes(join(blobs, 'a'))).toBeGreaterThanOrEqual(DELAY_MS - 1);
  expect(await takes(join(folder.path, 'b'))).toBeLessThan(DELAY_MS);
  await folder.remove();
});
