import { spawnSync } from 'node:child_process';
import { mkdir, readdir, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { type TemporaryFolder, temporaryFolder } from '@docusnap/testing';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { openPreparedFolder } from './folder.ts';

let place: TemporaryFolder;
beforeEach(async () => {
  place = await temporaryFolder('tidied');
});
afterEach(() => place.remove());

async function leftBy(owner: string | number): Promise<string> {
  const name = `docusnap-models-${owner}-abcdef`;
  await mkdir(join(place.path, name));
  await writeFile(join(place.path, name, 'a.onnx'), 'weights');
  return name;
}

test('the folder is for its owner alone, and is gone with all that is in it once it is removed', async () => {
  const folder = await openPreparedFolder(place.path);
  expect((await stat(folder.path)).mode & 0o777).toBe(0o700);
  await writeFile(join(folder.path, 'a.onnx'), 'weights');
  await folder.remove();
  await folder.remove();
  expect(await readdir(place.path)).toEqual([]);
});

test('folders of processes that are gone are removed, those of living ones, of other hosts and of others stay', async () => {
  const { pid: dead } = spawnSync(process.execPath, ['--eval', '']);
  await leftBy(`${hostname()}-${dead}`);
  const staying = [
    await leftBy(`${hostname()}-${process.ppid}`),
    await leftBy(`another-host-${dead}`),
    await leftBy('of-nobody'),
  ];
  const own = await openPreparedFolder(place.path);
  const second = await openPreparedFolder(place.path);
  const names = [own, second].map(({ path }) => path.slice(place.path.length + 1));
  expect(new Set(await readdir(place.path))).toEqual(new Set([...staying, ...names]));
});

test('a folder of this very process number that is older than this process is of an earlier one', async () => {
  const name = await leftBy(`${hostname()}-${process.pid}`);
  await utimes(join(place.path, name), 0, 0);
  const own = await openPreparedFolder(place.path);
  expect(await readdir(place.path)).toEqual([own.path.slice(place.path.length + 1)]);
});
