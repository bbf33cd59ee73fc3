import { chmod, mkdir, readdir, rename, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TemporaryFolder, temporaryFolder } from '@docusnap/testing';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { openKeptModels } from './kept.ts';
import { writeManifest, writePrepared } from './manifest.ts';

const OF = { programs: 'these', sets: ['pp-ocrv4-mobile'], provider: 'cpu' };
const DAY_MS = 24 * 60 * 60_000;

let place: TemporaryFolder;
beforeEach(async () => {
  place = await temporaryFolder('kept');
});
afterEach(() => place.remove());

/** A folder beside the kept ones, as a start fills it. */
async function prepared({ isSettled = true } = {}): Promise<string> {
  const folder = join(place.path, `docusnap-models-${Math.random()}`);
  await mkdir(folder);
  const file = await writePrepared(folder, 'a.onnx', Buffer.from('weights'));
  const model = { name: 'a', sha256: file.sha256 };
  const versions = { detection: model, orientation: model, recognition: { ...model, precision: 'int8' as const } };
  const files = { detection: file, orientation: file, recognition: file, keys: file };
  await writeManifest(folder, { sets: [{ name: 'pp-ocrv4-mobile', versions, files }], isSettled });
  return folder;
}

test('what one start prepared the next one finds, and one with other models, programs or another provider does not', async () => {
  const kept = await openKeptModels(place.path, OF);
  expect(await kept.find()).toBeUndefined();
  const path = await kept.keep(await prepared());
  expect(await (await openKeptModels(place.path, OF)).find()).toBe(path);
  for (const other of [{ programs: 'others' }, { sets: ['pp-ocrv5-mobile'] }, { provider: 'cuda' }]) {
    expect(await (await openKeptModels(place.path, { ...OF, ...other })).find()).toBeUndefined();
  }
});

test('a kept file that was changed is not used, and is replaced', async () => {
  const kept = await openKeptModels(place.path, OF);
  const path = await kept.keep(await prepared());
  await writeFile(join(path, 'a.onnx'), 'others');
  expect(await kept.find()).toBeUndefined();
  expect(await kept.keep(await prepared())).toBe(path);
  expect(await kept.find()).toBe(path);
});

test('where another start was faster its files are used', async () => {
  const [first, second] = [await openKeptModels(place.path, OF), await openKeptModels(place.path, OF)];
  const path = await first.keep(await prepared());
  const late = await prepared();
  expect(await second.keep(late)).toBe(path);
  expect((await stat(late)).isDirectory()).toBe(true);
});

test('what was measured on a machine that may have been busy is used, but not kept', async () => {
  const kept = await openKeptModels(place.path, OF);
  const folder = await prepared({ isSettled: false });
  expect(await kept.keep(folder)).toBe(folder);
  expect(await kept.find()).toBeUndefined();
});

test('what no start used for 30 days goes, and nothing else does', async () => {
  const kept = await openKeptModels(place.path, OF);
  const path = await kept.keep(await prepared());
  const old = new Date(Date.now() - 31 * DAY_MS);
  await rename(await prepared(), join(place.path, 'f'.repeat(32)));
  await mkdir(join(place.path, 'of-somebody-else'));
  for (const name of await readdir(place.path)) await utimes(join(place.path, name), old, old);
  await kept.find();
  await openKeptModels(place.path, OF);
  const left = (await readdir(place.path)).map((name) => join(place.path, name));
  expect(new Set(left)).toEqual(new Set([path, join(place.path, 'of-somebody-else')]));
});

test('a folder that others may write to is refused by name', async () => {
  await chmod(place.path, 0o777);
  await expect(openKeptModels(place.path, OF)).rejects.toMatchObject({
    code: 'models_unavailable',
    message: expect.stringContaining(place.path),
  });
});
