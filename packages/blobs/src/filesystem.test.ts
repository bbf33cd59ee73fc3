import { createCipheriv, randomBytes } from 'node:crypto';
import {
  copyFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  stat,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openBlobStore } from './filesystem.ts';
import { CHUNK_BYTES } from './sealed-stream.ts';
import type { BlobStore } from './store.ts';

const key = randomBytes(32);
let folder: string;
let store: BlobStore;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'docusnap-blobs-'));
  store = openBlobStore(join(folder, 'store'));
});

afterEach(() => rm(folder, { recursive: true }));

async function* of(...pieces: (string | Buffer)[]): AsyncGenerator<Buffer> {
  for (const piece of pieces) yield Buffer.from(piece);
}

/** The same, not copied. */
async function* inOrder(pieces: readonly Buffer[]): AsyncGenerator<Buffer> {
  yield* pieces;
}

async function read(blob: string, dataKey = key): Promise<string> {
  return Buffer.concat(await Array.fromAsync(store.get(blob, dataKey))).toString();
}

/** Every file below the store, relative to it. */
async function files(): Promise<string[]> {
  const entries = await readdir(join(folder, 'store'), { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

function pathOf(blob: string): string {
  return join(folder, 'store', blob);
}

describe('a blob', () => {
  test('shows nothing of its bytes on the disk and is for this user only', async () => {
    await store.put('jobs/a/files/0', key, of('INVOICE 2026-0815'));
    expect((await readFile(pathOf('jobs/a/files/0'))).includes('INVOICE')).toBe(false);
    expect((await stat(pathOf('jobs/a/files/0'))).mode & 0o777).toBe(0o600);
    expect((await stat(pathOf('jobs/a'))).mode & 0o777).toBe(0o700);
  });

  test('is written with less than two of its buffers left to be collected, and its source keeps what it has', async () => {
    const pieces = Array.from({ length: 3 }, () => randomBytes(100_000));
    const whole = Buffer.concat(pieces);
    const before = process.memoryUsage().arrayBuffers;
    const held: number[] = [];
    for (let file = 0; file < 20; file += 1) {
      await store.put(`jobs/a/files/${file}`, key, inOrder(pieces));
      held.push(process.memoryUsage().arrayBuffers - before);
    }
    expect(Math.max(...held) / held.length).toBeLessThan(2 * CHUNK_BYTES);
    expect(Buffer.concat(pieces).equals(whole)).toBe(true);
    expect(Buffer.concat(await Array.fromAsync(store.get('jobs/a/files/19', key))).equals(whole)).toBe(true);
  });

  test('is damaged when cut short, when it is another blob, or under another key', async () => {
    await store.put('jobs/a/files/0', key, of('first'));
    await store.put('jobs/a/files/1', key, of('other'));
    await expect(read('jobs/a/files/0', randomBytes(32))).rejects.toMatchObject({ code: 'blob_damaged' });
    await copyFile(pathOf('jobs/a/files/1'), pathOf('jobs/a/files/0'));
    await expect(read('jobs/a/files/0')).rejects.toMatchObject({ code: 'blob_damaged' });
    await truncate(pathOf('jobs/a/files/1'), (await stat(pathOf('jobs/a/files/1'))).size - 1);
    await expect(read('jobs/a/files/1')).rejects.toMatchObject({ code: 'blob_damaged' });
    await truncate(pathOf('jobs/a/files/1'), 0);
    await expect(read('jobs/a/files/1')).rejects.toMatchObject({ code: 'blob_damaged' });
  });

  test('whose source throws half-way is not there, leaves nothing behind, and the error comes through', async () => {
    const lost = new Error('the client went away');
    async function* failing(): AsyncGenerator<Buffer> {
      yield randomBytes(300_000);
      throw lost;
    }
    await expect(store.put('jobs/a/files/0', key, failing())).rejects.toBe(lost);
    expect(await files()).toEqual([]);
    await expect(read('jobs/a/files/0')).rejects.toMatchObject({ code: 'blob_missing' });
  });

  test('closes its file when the reader stops early', async () => {
    await store.put('jobs/a/files/0', key, of(randomBytes(2_000_000)));
    for await (const bytes of store.get('jobs/a/files/0', key)) {
      expect(bytes.length).toBeGreaterThan(0);
      break;
    }
    const open = await readdir('/proc/self/fd').then(
      (fds) => Promise.all(fds.map((fd) => readlinkOr(`/proc/self/fd/${fd}`))),
      () => [],
    );
    expect(open.filter((path) => path.startsWith(folder))).toEqual([]);
  });

  test('of 48 MiB goes to the disk as it comes, not through memory', async () => {
    const total = 48 * 1024 * 1024;
    const piece = createCipheriv('aes-128-ctr', Buffer.alloc(16, 7), Buffer.alloc(16)).update(Buffer.alloc(131_072));
    let produced = 0;
    let furthestAhead = 0;
    async function* source(): AsyncGenerator<Buffer> {
      for (; produced < total; produced += piece.length) {
        if (produced % (8 * 1024 * 1024) === 0 && produced > 0) {
          const [temporary] = await files();
          furthestAhead = Math.max(furthestAhead, produced - (await stat(temporary!)).size);
        }
        yield piece;
      }
    }
    await store.put('jobs/a/files/0', key, source());
    expect(furthestAhead).toBeGreaterThan(0);
    expect(furthestAhead).toBeLessThan(1024 * 1024);
    let read = 0;
    for await (const bytes of store.get('jobs/a/files/0', key)) read += bytes.length;
    expect(read).toBe(total);
  });
});

describe('removing a prefix', () => {
  test('removes all below it and nothing beside it', async () => {
    await store.put('jobs/a/files/0', key, of('a'));
    await store.put('jobs/a/files/1', key, of('a'));
    await store.put('jobs/ab/files/0', key, of('ab'));
    await store.removePrefix('jobs/a/');
    await expect(read('jobs/a/files/0')).rejects.toMatchObject({ code: 'blob_missing' });
    expect(await read('jobs/ab/files/0')).toBe('ab');
    expect(await readdir(pathOf('jobs'))).toEqual(['ab']);
    await store.removePrefix('jobs/a/');
  });

  test.each([
    '',
    '/',
    'jobs',
    '../',
    'jobs/../',
    'jobs/./',
    './',
    '/etc/',
    'jobs//a/',
    '.temporary/',
    'jobs/a\0/',
    'jobs\\a/',
    `${'a'.repeat(1_100)}/`,
  ])('refuses %j, which could reach outside or is no prefix', async (prefix) => {
    await writeFile(join(folder, 'outside'), 'stays');
    await store.put('jobs/a', key, of('stays'));
    await expect(async () => store.removePrefix(prefix)).rejects.toMatchObject({ code: 'internal' });
    expect(await readFile(join(folder, 'outside'), 'utf8')).toBe('stays');
    expect(await read('jobs/a')).toBe('stays');
  });
});

test.each(['', '../a', 'a/../b', '/a', 'a/', 'a//b', '.a', 'a/.b', 'a\0', 'a\\b', 'a b'])(
  'no blob has the key %j',
  async (bad) => {
    await expect(async () => store.put(bad, key, of('x'))).rejects.toMatchObject({ code: 'internal' });
    await expect(async () => Array.fromAsync(store.get(bad, key))).rejects.toMatchObject({ code: 'internal' });
  },
);

describe('a store', () => {
  test('that can be written passes its check and is left as it was', async () => {
    await store.check();
    expect(await files()).toEqual([]);
  });

  test('that cannot be written says so: check, put, remove and sweep', async () => {
    await writeFile(join(folder, 'file'), '');
    const broken = openBlobStore(join(folder, 'file'));
    const unavailable = { name: 'AppError', code: 'storage_unavailable' };
    await expect(broken.check()).rejects.toMatchObject(unavailable);
    await expect(broken.put('jobs/a', key, of('x'))).rejects.toMatchObject(unavailable);
    await expect(broken.removePrefix('jobs/a/')).rejects.toMatchObject(unavailable);
    await expect(broken.sweepTemporary(0)).rejects.toMatchObject(unavailable);
  });

  test('that cannot take a blob in its place says so and leaves nothing behind', async () => {
    await store.put('jobs/a', key, of('a file where a folder is needed'));
    await expect(store.put('jobs/a/files/0', key, of('x'))).rejects.toMatchObject({ code: 'storage_unavailable' });
    await mkdir(pathOf('jobs/b'));
    await expect(store.put('jobs/b', key, of('x'))).rejects.toMatchObject({ code: 'storage_unavailable' });
    await expect(read('jobs/b')).rejects.toMatchObject({ code: 'storage_unavailable' });
    expect(await files()).toEqual([pathOf('jobs/a')]);
  });

  test('sweeps what killed writers left behind once it is old, and nothing else', async () => {
    expect(await store.sweepTemporary(0)).toBe(0);
    await store.put('jobs/a', key, of('kept'));
    const temporary = join(folder, 'store', '.temporary');
    await writeFile(join(temporary, 'old'), 'half');
    await writeFile(join(temporary, 'young'), 'half');
    const hourAgo = Date.now() / 1_000 - 3_600;
    await utimes(join(temporary, 'old'), hourAgo, hourAgo);
    await utimes(pathOf('jobs/a'), hourAgo, hourAgo);
    expect(await store.sweepTemporary(60_000)).toBe(1);
    expect(await readdir(temporary)).toEqual(['young']);
    expect(await read('jobs/a')).toBe('kept');
  });
});

async function readlinkOr(path: string): Promise<string> {
  // The descriptor that lists the folder is gone by now.
  return readlink(path).catch(() => '');
}
