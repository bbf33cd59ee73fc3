/**
 * Cuts a stream of bytes of any sizes into chunks of exactly `size` bytes; the last one may be shorter, and is the only one of an empty
 * stream. Each chunk is a buffer of its own; one is in hand at a time.
 */
export async function* inChunks(
  source: AsyncIterable<Uint8Array>,
  size: number,
): AsyncGenerator<{ bytes: Buffer; last: boolean }> {
  let chunk = Buffer.allocUnsafe(size);
  let filled = 0;
  for await (const piece of source) {
    let from = 0;
    while (from < piece.length) {
      // A full chunk waits for one more byte: only then it is known not to be the last.
      if (filled === size) {
        yield { bytes: chunk, last: false };
        chunk = Buffer.allocUnsafe(size);
        filled = 0;
      }
      const taken = Math.min(size - filled, piece.length - from);
      chunk.set(piece.subarray(from, from + taken), filled);
      filled += taken;
      from += taken;
    }
  }
  yield { bytes: chunk.subarray(0, filled), last: true };
}

/** A stream of bytes, taken in the lengths that its reader asks for. */
export interface ByteReader {
  /** The next `count` bytes; null when the stream ends before that. */
  take(count: number): Promise<Buffer | null>;
  /** Whether all bytes were taken. */
  atEnd(): Promise<boolean>;
  /** Lets go of the source, read to its end or not. */
  close(): Promise<void>;
}

export function readBytes(source: AsyncIterable<Uint8Array>): ByteReader {
  const iterator = source[Symbol.asyncIterator]();
  let held: Buffer = Buffer.alloc(0);

  /** Holds at least `count` bytes, or all there are. */
  async function hold(count: number): Promise<void> {
    const pieces: Uint8Array[] = [held];
    let length = held.length;
    while (length < count) {
      const next = await iterator.next();
      if (next.done) break;
      pieces.push(next.value);
      length += next.value.length;
    }
    if (pieces.length > 1) held = Buffer.concat(pieces, length);
  }

  return {
    async take(count) {
      await hold(count);
      if (held.length < count) return null;
      const taken = held.subarray(0, count);
      held = held.subarray(count);
      return taken;
    },
    async atEnd() {
      await hold(1);
      return held.length === 0;
    },
    async close() {
      await iterator.return?.();
    },
  };
}
