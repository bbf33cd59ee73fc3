import type { RandomAccess } from './sealed-file.ts';

/**
 * Enveloped bytes by key. Keys are path-like (`jobs/ID/files/0`): segments of letters, digits, `.`, `_` and `-` that do not begin with a
 * dot. What is stored is compressed and sealed under the data key given; the key of the blob is its context.
 */
export interface BlobStore {
  /**
   * Stores what `source` yields, streamed, with a few hundred KiB of memory whatever its size (S3: up to 20 MiB, since a part has 5 MiB). The blob appears whole or not at all, and
   * is on the disk when the promise resolves; a blob of the same key is replaced. When the source throws, its error comes through as it
   * was and nothing is left behind. Throws `storage_unavailable` when the bytes cannot be written.
   */
  put(key: string, dataKey: Buffer, source: AsyncIterable<Uint8Array>): Promise<void>;
  /**
   * The bytes of a blob, streamed. Each piece is authenticated before it is yielded; that the blob is whole is known only at the end of
   * the iteration. Throws, while iterating, `blob_missing`, `blob_damaged` (altered, cut short, another blob's bytes, another data key)
   * and `storage_unavailable`.
   */
  get(key: string, dataKey: Buffer): AsyncIterable<Buffer>;
  /**
   * A blob to be read here and there, where that can be done at once. Absent where the store is reached by a network. Throws `blob_missing`,
   * `blob_damaged` and `storage_unavailable`, while reading, too.
   */
  openAt?(key: string, dataKey: Buffer): RandomAccess;
  /** Removes all blobs below a prefix that ends in `/`; nothing there is no error. Throws `storage_unavailable`. */
  removePrefix(prefix: string): Promise<void>;
  /** Throws `storage_unavailable` unless a file can be written and removed just now; of S3, unless the bucket answers to the credentials. */
  check(): Promise<void>;
  /**
   * Removes what writers that were killed half-way left behind, when it was last written more than `olderThanMs` ago (choose more than the
   * longest upload). Resolves to the number of files removed. Throws `storage_unavailable`.
   */
  sweepTemporary(olderThanMs: number): Promise<number>;
  /** The segments that come next in the keys that begin with a prefix, each once: of `jobs/` the ids of jobs. Throws `storage_unavailable`. */
  list(prefix: string): AsyncIterable<string>;
  /**
   * When something below the prefix was last written, by the store's clock (`Date.now()`); null where there is nothing. Throws
   * `storage_unavailable`.
   */
  lastWritten(prefix: string): Promise<number | null>;
  /**
   * How a process without credentials gets or puts this one blob, for some minutes. Absent where every process reaches the store by itself.
   * Throws `storage_unavailable`.
   */
  pass?(key: string, act: 'get' | 'put'): Promise<BlobPass>;
}

/** Of one blob, to get it or to put it. */
export interface BlobPass {
  /** A signed address: who has it needs nothing else. */
  readonly url: string;
  /** To be sent with the request. */
  readonly headers: Readonly<Record<string, string>>;
}
