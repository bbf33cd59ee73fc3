import type { Readable } from 'node:stream';

/** Bytes that come over a pipe, one image after another without marks between them: each request says how many are its own. */
export interface PipedBytes {
  /** Waits for that many bytes and takes them; those that are asked for later come after them. */
  take(length: number): Promise<Buffer>;
}

export function openPipedBytes(pipe: Readable): PipedBytes {
  let parts: Buffer[] = [];
  let size = 0;
  let wake: (() => void) | undefined;
  let last: Promise<unknown> = Promise.resolve();
  pipe.on('data', (part: Buffer) => {
    parts.push(part);
    size += part.length;
    wake?.();
  });
  const takeNext = async (length: number): Promise<Buffer> => {
    while (size < length) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    const all = Buffer.concat(parts);
    size -= length;
    // An empty rest would keep the whole image in memory.
    parts = size > 0 ? [all.subarray(length)] : [];
    return all.subarray(0, length);
  };
  return {
    take(length) {
      const taken = last.then(() => takeNext(length));
      last = taken;
      return taken;
    },
  };
}
