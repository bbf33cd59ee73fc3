import { joined } from './writer.ts';

/** Reads a source of bytes from front to back. */
export interface ByteCursor {
  /** The next `count` bytes; null when there are fewer. */
  take(count: number): Promise<Uint8Array | null>;
  /** The next `count` bytes as they come; ends early where the source does. */
  pieces(count: number): AsyncGenerator<Uint8Array>;
  /** Ends the source. To be called whatever happened. */
  close(): Promise<void>;
}

export function openCursor(source: AsyncIterable<Uint8Array>): ByteCursor {
  const iterator = source[Symbol.asyncIterator]();
  let left: Uint8Array = new Uint8Array(0);

  async function fill(): Promise<boolean> {
    while (left.length === 0) {
      const { done, value } = await iterator.next();
      if (done) return false;
      left = value;
    }
    return true;
  }

  async function* pieces(count: number): AsyncGenerator<Uint8Array> {
    for (let missing = count; missing > 0 && (await fill()); ) {
      const piece = left.subarray(0, missing);
      left = left.subarray(piece.length);
      missing -= piece.length;
      yield piece;
    }
  }

  return {
    pieces,
    take: async (count) => {
      const taken = joined(await Array.fromAsync(pieces(count)));
      return taken.length < count ? null : taken;
    },
    close: async () => void (await iterator.return?.()),
  };
}
