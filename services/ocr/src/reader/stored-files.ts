import { type BlobStore, giveBack, inMemory, type RandomAccess } from '@docusnap/blobs';

/** Files up to this size stay in memory for the next request: the frames of one file are often read one after another. */
const KEPT_BYTES = 32 * 1024 * 1024;

/** Most files are smaller: photographs and scans of a page. */
const FIRST_ROOM = 256 * 1024;

export interface StoredFiles {
  /** The whole file. Throws blob_missing, blob_damaged. */
  fetch(blobKey: string, dataKey: Uint8Array): Promise<Buffer>;
  /** The file, to be read where it lies if it is in reach; else it is fetched. Throws blob_missing, blob_damaged. */
  openAt(blobKey: string, dataKey: Uint8Array): Promise<RandomAccess>;
}

/** Opens stored files, and keeps the last one that was fetched whole. */
export function openStoredFiles(blobs: Pick<BlobStore, 'get' | 'openAt'>): StoredFiles {
  let last: { blobKey: string; bytes: Buffer } | undefined;
  return {
    async fetch(blobKey, dataKey) {
      if (last?.blobKey === blobKey) return last.bytes;
      last = undefined;
      const bytes = await gathered(blobs.get(blobKey, Buffer.from(dataKey)));
      if (bytes.length <= KEPT_BYTES) last = { blobKey, bytes };
      return bytes;
    },
    async openAt(blobKey, dataKey) {
      const key = Buffer.from(dataKey);
      return blobs.openAt?.(blobKey, key) ?? inMemory(await gathered(blobs.get(blobKey, key)));
    },
  };
}

/**
 * The parts in one buffer. The memory of each is given back at once: until they were collected the 250 parts of a PDF of 31 MiB took as much again,
 * and left holes between what lives long.
 */
async function gathered(parts: AsyncIterable<Uint8Array>): Promise<Buffer> {
  let room = Buffer.allocUnsafeSlow(FIRST_ROOM);
  let filled = 0;
  for await (const part of parts) {
    if (filled + part.length > room.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(2 * room.length, filled + part.length));
      larger.set(room.subarray(0, filled));
      giveBack(room);
      room = larger;
    }
    room.set(part, filled);
    filled += part.length;
    giveBack(part);
  }
  return room.subarray(0, filled);
}
