import type { BlobStore } from '@docusnap/blobs';

/** Files up to this size stay in memory for the next request: the frames of one file are often read one after another. */
const KEPT_BYTES = 32 * 1024 * 1024;

export interface StoredFiles {
  /** The whole file. Throws blob_missing, blob_damaged. */
  fetch(blobKey: string, dataKey: Uint8Array, options?: { keep: boolean }): Promise<Buffer>;
}

/** Fetches and opens stored files whole, and keeps the last one that it was not told to let go. */
export function openStoredFiles(blobs: Pick<BlobStore, 'get'>): StoredFiles {
  let last: { blobKey: string; bytes: Buffer } | undefined;
  return {
    async fetch(blobKey, dataKey, { keep } = { keep: true }) {
      if (last?.blobKey === blobKey) return last.bytes;
      if (keep) last = undefined;
      const parts: Uint8Array[] = [];
      for await (const part of blobs.get(blobKey, Buffer.from(dataKey))) parts.push(part);
      const bytes = Buffer.concat(parts);
      if (keep && bytes.length <= KEPT_BYTES) last = { blobKey, bytes };
      return bytes;
    },
  };
}
