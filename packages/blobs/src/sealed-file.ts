import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { AppError } from '@docusnap/contracts';
import { giveBack, isCode } from './file-bytes.ts';
import {
  CHUNK_BYTES,
  chunkOpener,
  HEADER_BYTES,
  MOST_SEALED_BYTES,
  PREFIX_BYTES,
  readPrefix,
} from './sealed-stream.ts';

/** A file any part of which can be read without the rest, as native decoders want it. Reading blocks the process: for readers, not for servers. */
export interface RandomAccess {
  /** Bytes. */
  readonly length: number;
  /** Fills the target from a position on, and gives how many bytes there were. Throws `blob_missing`, `blob_damaged`, `storage_unavailable` */
  read(position: number, target: Uint8Array): number;
  /** Closes what lies behind it until it is read again. */
  rest(): void;
}

/** Chunks that stay open: what parses a file goes back and forth between a few places. */
const KEPT_CHUNKS = 8;

/**
 * A stored file, opened where it is read: a chunk at a time, each of which is authenticated. Where the chunks lie is found once, by their lengths.
 *
 * @throws AppError `blob_missing`, `blob_damaged`, `storage_unavailable`
 */
export function openSealedFile(dataKey: Buffer, context: string, path: string): RandomAccess {
  const file = openBytes(path);
  try {
    return openSealed(dataKey, context, file);
  } catch (error) {
    file.rest();
    throw error;
  }
}

function openSealed(dataKey: Buffer, context: string, file: SealedBytes): RandomAccess {
  const openChunk = chunkOpener(dataKey, context, file.take(0, HEADER_BYTES));
  const places = placesOfChunks(file);
  const kept = new Map<number, Buffer>();
  const chunkAt = (index: number): Buffer => {
    const known = kept.get(index);
    if (known) return known;
    const { position, length } = places[index]!;
    const last = index === places.length - 1;
    const plain = openChunk(file.take(position, length), index, last);
    if (!last && plain.length !== CHUNK_BYTES) throw new AppError('blob_damaged');
    kept.set(index, plain);
    const [oldest] = kept;
    if (kept.size > KEPT_CHUNKS && oldest) {
      kept.delete(oldest[0]);
      giveBack(oldest[1]);
    }
    return plain;
  };
  const length = (places.length - 1) * CHUNK_BYTES + chunkAt(places.length - 1).length;
  return {
    length,
    read(position, target) {
      const count = Math.max(0, Math.min(target.length, length - position));
      for (let filled = 0; filled < count; ) {
        const at = position + filled;
        const from = at % CHUNK_BYTES;
        const piece = chunkAt((at - from) / CHUNK_BYTES).subarray(from, from + count - filled);
        target.set(piece, filled);
        filled += piece.length;
      }
      return count;
    },
    rest: file.rest,
  };
}

interface SealedChunk {
  readonly position: number;
  readonly length: number;
}

/** Throws `blob_damaged` where the file does not end with its last chunk. */
function placesOfChunks(file: SealedBytes): SealedChunk[] {
  const places: SealedChunk[] = [];
  let position = HEADER_BYTES;
  for (let last = false; !last; ) {
    const prefix = readPrefix(file.take(position, PREFIX_BYTES));
    places.push({ position: position + PREFIX_BYTES, length: prefix.length });
    position += PREFIX_BYTES + prefix.length;
    last = prefix.last;
  }
  if (file.size() !== position)
    throw new AppError('blob_damaged', 'There are more or fewer of them than were written.');
  return places;
}

interface SealedBytes {
  /** They are there until the next are taken. Throws `blob_damaged` where there are not so many. */
  take(position: number, length: number): Buffer;
  size(): number;
  rest(): void;
}

function openBytes(path: string): SealedBytes {
  let descriptor: number | undefined;
  const room = Buffer.allocUnsafeSlow(MOST_SEALED_BYTES);
  const opened = (): number => {
    descriptor ??= openSync(path, 'r');
    return descriptor;
  };
  return {
    take: (position, length) =>
      asStorage(() => {
        const bytes = room.subarray(0, length);
        for (let filled = 0; filled < length; ) {
          const count = readSync(opened(), bytes, filled, length - filled, position + filled);
          if (count === 0) throw new AppError('blob_damaged', 'They end too early.');
          filled += count;
        }
        return bytes;
      }),
    size: () => asStorage(() => fstatSync(opened()).size),
    rest() {
      const last = descriptor;
      // Forgotten first: should closing fail, the number may soon be that of another file.
      descriptor = undefined;
      if (last !== undefined) closeSync(last);
    },
  };
}

/** The same of bytes that are in memory. */
export function inMemory(bytes: Uint8Array): RandomAccess {
  return {
    length: bytes.length,
    read(position, target) {
      const piece = bytes.subarray(position, position + target.length);
      target.set(piece);
      return piece.length;
    },
    rest: () => undefined,
  };
}

function asStorage<T>(act: () => T): T {
  try {
    return act();
  } catch (error) {
    // What the system did not say is a fault of ours.
    if ((error as { syscall?: string } | null)?.syscall === undefined) throw error;
    const isMissing = isCode(error, 'ENOENT') || isCode(error, 'ENOTDIR');
    throw new AppError(isMissing ? 'blob_missing' : 'storage_unavailable', undefined, { cause: error });
  }
}
