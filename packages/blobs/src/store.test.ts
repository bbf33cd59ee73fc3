import { randomBytes } from 'node:crypto';
import { copyFile, readFile, stat, truncate } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { openPassedStore } from './passes.ts';
import { STORES, type TestStore } from './test-stores.ts';

const key = randomBytes(32);

async function* of(...pieces: (string | Buffer)[]): AsyncGenerator<Buffer> {
  for (const piece of pieces) yield Buffer.from(piece);
}

/** Noise, a MiB at a time, so that nothing is saved by packing. */
async function* noise(mebibytes: number): AsyncGenerator<Buffer> {
  for (let made = 0; made < mebibytes; made += 1) yield randomBytes(1024 * 1024);
}

describe.each(Object.entries(STORES))('a store in %s', (_name, open) => {
  let at: TestStore;
  beforeAll(async () => {
    at = await open();
  });
  afterAll(() => at.close());
  afterEach(async () => {
    await at.store.removePrefix('jobs/');
    expect(await at.keys()).toEqual([]);
    expect(await at.unfinished()).toEqual([]);
  });

  const read = async (blob: string, dataKey = key): Promise<string> =>
    Buffer.concat(await Array.fromAsync(at.store.get(blob, dataKey))).toString();

  test('gives a blob back as it was put, and a later put replaces it', async () => {
    await at.store.put('jobs/a/files/0', key, of('first ', 'part'));
    expect(await read('jobs/a/files/0')).toBe('first part');
    await at.store.put('jobs/a/files/0', key, of('second'));
    expect(await read('jobs/a/files/0')).toBe('second');
    await at.store.put('jobs/a/files/1', key, of());
    expect(await read('jobs/a/files/1')).toBe('');
    expect(await at.keys()).toEqual(['jobs/a/files/0', 'jobs/a/files/1']);
  });

  test('shows nothing of what it holds to who owns the disk', async () => {
    await at.store.put('jobs/a/files/0', key, of('INVOICE 2026-0815'));
    expect((await readFile(at.pathOf('jobs/a/files/0'))).includes('INVOICE')).toBe(false);
  });

  test('has no blob that was never put, nor one below another', async () => {
    await at.store.put('jobs/a', key, of('x'));
    await expect(read('jobs/b')).rejects.toMatchObject({ code: 'blob_missing' });
    await expect(read('jobs/a/files/0')).rejects.toMatchObject({ code: 'blob_missing' });
  });

  test('finds a blob damaged when it is cut short, is another one, or under another key', async () => {
    const damaged = { code: 'blob_damaged' };
    await at.store.put('jobs/a/files/0', key, of('first'));
    await at.store.put('jobs/a/files/1', key, of('other'));
    await expect(read('jobs/a/files/0', randomBytes(32))).rejects.toMatchObject(damaged);
    await copyFile(at.pathOf('jobs/a/files/1'), at.pathOf('jobs/a/files/0'));
    await expect(read('jobs/a/files/0')).rejects.toMatchObject(damaged);
    await truncate(at.pathOf('jobs/a/files/1'), (await stat(at.pathOf('jobs/a/files/1'))).size - 1);
    await expect(read('jobs/a/files/1')).rejects.toMatchObject(damaged);
  });

  test('streams a blob of 40 MiB in and out, whole', async () => {
    await at.store.put('jobs/a/files/0', key, noise(40));
    let size = 0;
    for await (const bytes of at.store.get('jobs/a/files/0', key)) size += bytes.length;
    expect(size).toBe(40 * 1024 * 1024);
  });

  test.each([1, 12])('keeps nothing of a blob whose source throws after %d MiB, and tells its error', async (size) => {
    const lost = new Error('the client went away');
    async function* failing(): AsyncGenerator<Buffer> {
      yield* noise(size);
      throw lost;
    }
    await at.store.put('jobs/a/files/0', key, of('kept'));
    await expect(at.store.put('jobs/a/files/0', key, failing())).rejects.toBe(lost);
    expect(await read('jobs/a/files/0')).toBe('kept');
    await expect(at.store.put('jobs/a/files/1', key, failing())).rejects.toBe(lost);
    expect(await at.keys()).toEqual(['jobs/a/files/0']);
  });

  test('removes all below a prefix and nothing beside it, and nothing there is no error', async () => {
    await at.store.put('jobs/a/files/0', key, of('a'));
    await at.store.put('jobs/a/files/1', key, of('a'));
    await at.store.put('jobs/ab/files/0', key, of('ab'));
    await at.store.removePrefix('jobs/a/');
    expect(await at.keys()).toEqual(['jobs/ab/files/0']);
    await at.store.removePrefix('jobs/a/');
  });

  test('lists what comes next below a prefix, each once, and tells when something there was last written', async () => {
    const before = Date.now();
    expect(await Array.fromAsync(at.store.list('jobs/'))).toEqual([]);
    expect(await at.store.lastWritten('jobs/')).toBeNull();
    for (const blob of ['jobs/a/files/0', 'jobs/a/files/1', 'jobs/b/files/0']) await at.store.put(blob, key, of('x'));
    expect(new Set(await Array.fromAsync(at.store.list('jobs/')))).toEqual(new Set(['a', 'b']));
    expect(new Set(await Array.fromAsync(at.store.list('jobs/a/files/')))).toEqual(new Set(['0', '1']));
    // S3 tells seconds.
    expect(await at.store.lastWritten('jobs/a/')).toBeGreaterThan(before - 1_001);
    expect(await at.store.lastWritten('jobs/c/')).toBeNull();
  });

  test.each(['', '/', 'jobs', '../', 'jobs/../', './', '/etc/', 'jobs//a/', '.temporary/', 'jobs/a\0/', 'jobs\\a/'])(
    'refuses to remove below %j, which could reach outside or is no prefix',
    async (prefix) => {
      await at.store.put('jobs/a', key, of('stays'));
      await expect(async () => at.store.removePrefix(prefix)).rejects.toMatchObject({ code: 'internal' });
      expect(await read('jobs/a')).toBe('stays');
    },
  );

  test.each(['', '../a', 'a/../b', '/a', 'a/', 'a//b', '.a', 'a/.b', 'a\0', 'a\\b', 'a b'])(
    'takes %j for no key',
    async (bad) => {
      await expect(async () => at.store.put(bad, key, of('x'))).rejects.toMatchObject({ code: 'internal' });
      await expect(async () => Array.fromAsync(at.store.get(bad, key))).rejects.toMatchObject({ code: 'internal' });
    },
  );

  test('passes its check and is left as it was', async () => {
    await at.store.check();
    expect(await at.keys()).toEqual([]);
  });

  test('hands out passes where not every process can reach it: for one blob and one act each', async () => {
    const { pass } = at.store;
    if (!pass) return expect(_name).toBe('the file system');
    await at.store.put('jobs/a/files/0', key, of('to be read'));
    const passed = openPassedStore();
    const get = async (blob: string) => Buffer.concat(await Array.fromAsync(passed.blobs.get(blob, key))).toString();
    passed.hand({
      'jobs/a/files/0': await pass('jobs/a/files/0', 'get'),
      'jobs/a/files/1': await pass('jobs/a/files/1', 'get'),
      'jobs/a/pages/1': await pass('jobs/a/pages/1', 'put'),
    });
    expect(await get('jobs/a/files/0')).toBe('to be read');
    await expect(get('jobs/a/files/1')).rejects.toMatchObject({ code: 'blob_missing' });
    await expect(get('jobs/b/files/0')).rejects.toMatchObject({ code: 'internal' });
    await passed.blobs.put('jobs/a/pages/1', key, of('an image'));
    expect(await read('jobs/a/pages/1')).toBe('an image');
    // The signature holds for the act and the name.
    await expect(passed.blobs.put('jobs/a/files/0', key, of('x'))).rejects.toMatchObject({
      code: 'storage_unavailable',
    });
    const elsewhere = (await pass('jobs/a/files/0', 'get')).url.replace('jobs/a/files/0', 'jobs/a/pages/1');
    expect((await fetch(elsewhere)).status).toBe(403);
    passed.hand({});
    await expect(get('jobs/a/files/0')).rejects.toMatchObject({ code: 'internal' });
  });
});
