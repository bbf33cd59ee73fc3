import { type FileHandle, open } from 'node:fs/promises';
import { AppError } from '@docusnap/contracts';
import type { ByteReader } from './chunks.ts';

const READ_BYTES = 256 * 1024;

/** The bytes of a file as they come, each piece a buffer of its own. Throws, while iterating, `blob_missing` and `storage_unavailable`. */
export async function* readFileInPieces(path: string): AsyncGenerator<Buffer> {
  const file = await openToRead(path);
  try {
    for (;;) {
      const { bytesRead, buffer } = await asStorage(() => file.read(Buffer.allocUnsafe(READ_BYTES), 0, READ_BYTES));
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

/**
 * The bytes of a file through one piece of memory, which each read uses again and the end gives back: what was taken is there until the next is. V8
 * collects everything once for every 64 MiB of buffers that were made, however soon they were dropped, and nothing holds a gateway's loop up for longer:
 * with a buffer for each read some sixteen times while the PDF of 300 scans was built, so half as often.
 */
export function readFileBytes(path: string): ByteReader {
  let file: FileHandle | undefined;
  /** Of the file, not read yet. */
  let left = 0;
  let room: Buffer = Buffer.alloc(0);
  /** Read and not taken yet: this part of the room. */
  let [from, to] = [0, 0];

  /** Holds at least `count` bytes, or all there are. */
  async function hold(count: number): Promise<void> {
    if (file === undefined) {
      file = await openToRead(path);
      left = (await asStorage(() => file!.stat())).size;
    }
    while (to - from < count && left > 0) {
      makeRoom(count);
      const { bytesRead } = await asStorage(() => file!.read(room, to, Math.min(left, room.length - to)));
      to += bytesRead;
      // None: it was cut short meanwhile.
      left = bytesRead === 0 ? 0 : left - bytesRead;
    }
  }

  /** What is held moves to the front of the room, or of a larger one where so many bytes do not fit. */
  function makeRoom(count: number): void {
    const held = to - from;
    const needed = Math.min(held + left, Math.max(count, READ_BYTES));
    // Not from the pool of small buffers, whose memory is that of others, too.
    const next = needed > room.length ? Buffer.allocUnsafeSlow(needed) : room;
    next.set(room.subarray(from, to));
    if (next !== room) giveBack(room);
    [room, from, to] = [next, 0, held];
  }

  return {
    async take(count) {
      await hold(count);
      if (to - from < count) return null;
      const taken = room.subarray(from, from + count);
      from += count;
      return taken;
    },
    async atEnd() {
      await hold(1);
      return to === from;
    },
    async close() {
      await file?.close();
      giveBack(room);
      room = Buffer.alloc(0);
    },
  };
}

/** Gives the memory of a buffer back at once, not when it is collected; small ones lie in a pool with others. */
export function giveBack({ buffer }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength > Buffer.poolSize) buffer.transfer(0);
}

async function openToRead(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (error) {
    const code = isCode(error, 'ENOENT') || isCode(error, 'ENOTDIR') ? 'blob_missing' : 'storage_unavailable';
    throw new AppError(code, undefined, { cause: error });
  }
}

/** Runs file system calls; their failures are `storage_unavailable`, with the cause for the log. */
export async function asStorage<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    throw new AppError('storage_unavailable', undefined, { cause: error });
  }
}

export function isCode(error: unknown, code: string): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === code;
}
