import { createHash } from 'node:crypto';
import type { StoredFile, StoredFiles } from '@docusnap/blobs';
import type { MoveOptions } from './move-database.ts';
import { MoveError } from './move-error.ts';

/** At a time: each is streamed, and waits for the network most of the time. */
const AT_ONCE = 8;

export interface MovedFiles {
  readonly files: number;
  readonly bytes: number;
  /** Of these, such as were there already, byte for byte. */
  readonly before: number;
}

/** Copies stored files as they are, sealed, and reads each back: what it is known by has to be the same on both sides. The source is only read. */
export async function moveFiles(
  source: StoredFiles,
  target: StoredFiles,
  { progress, signal }: MoveOptions,
): Promise<MovedFiles> {
  progress.step('Looking at the stored files');
  const there = new Map((await Array.fromAsync(target.list())).map(({ key, bytes }) => [key, bytes]));
  const files = await Array.fromAsync(source.list());
  let done = 0;
  let before = 0;
  const moveNext = async (queue: Iterator<StoredFile>): Promise<void> => {
    for (let next = queue.next(); !next.done; next = queue.next()) {
      signal.throwIfAborted();
      const { key, bytes } = next.value;
      if (await isSame(source, target, next.value, there.get(key))) before += 1;
      else await moveFile(source, target, { key, bytes });
      done += 1;
      progress.step(`Moving the stored files (${done} of ${files.length})`);
    }
  };
  const queue = files[Symbol.iterator]();
  await Promise.all(Array.from({ length: AT_ONCE }, () => moveNext(queue)));
  return { files: files.length, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0), before };
}

async function isSame(
  source: StoredFiles,
  target: StoredFiles,
  { key, bytes }: StoredFile,
  there: number | undefined,
): Promise<boolean> {
  if (there !== bytes) return false;
  return (await hashOf(source.read(key))) === (await hashOf(target.read(key)));
}

async function moveFile(source: StoredFiles, target: StoredFiles, { key }: StoredFile): Promise<void> {
  const hash = createHash('sha256');
  async function* read(): AsyncGenerator<Uint8Array> {
    for await (const piece of source.read(key)) {
      hash.update(piece);
      yield piece;
    }
  }
  await target.write(key, read());
  if (hash.digest('hex') === (await hashOf(target.read(key)))) return;
  throw new MoveError('move_differs', `${key} reads differently where it was moved to. Begin again.`);
}

async function hashOf(source: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of source) hash.update(piece);
  return hash.digest('hex');
}
