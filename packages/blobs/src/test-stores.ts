import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { startS3 } from '@docusnap/testing';
import { openBlobStore } from './filesystem.ts';
import { openConfiguredStore } from './open-store.ts';
import type { BlobStore } from './store.ts';

/** A store of either kind, with what lies behind it in view. For tests only. */
export interface TestStore {
  readonly store: BlobStore;
  /** The keys of the blobs that are there, as whoever owns the disk sees them. */
  keys(): Promise<string[]>;
  /** The file that a blob lies in. */
  pathOf(key: string): string;
  /** What was begun and has not ended: temporary files, uploads in parts. */
  unfinished(): Promise<string[]>;
  /** Makes it end, without a word. */
  stop(): Promise<void>;
  close(): Promise<void>;
}

export const STORES = { 'the file system': openFolder, S3: openBucket } as const;

async function openFolder(): Promise<TestStore> {
  const root = await mkdtemp(join(tmpdir(), 'docusnap-blobs-'));
  const folder = join(root, 'store');
  const temporary = join(folder, '.temporary');
  const files = async (): Promise<string[]> => {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
    return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  };
  return {
    store: openBlobStore(folder),
    keys: async () =>
      (await files())
        .filter((file) => !file.startsWith(temporary))
        .map((file) => relative(folder, file))
        .sort((one, other) => one.localeCompare(other)),
    pathOf: (key) => join(folder, key),
    unfinished: async () => (await files()).filter((file) => file.startsWith(temporary)),
    stop: () => rm(root, { recursive: true, force: true }),
    close: () => rm(root, { recursive: true, force: true }),
  };
}

async function openBucket(): Promise<TestStore> {
  const s3 = await startS3();
  const prefix = 'some/place';
  const store = await openConfiguredStore({
    BLOB_S3: `s3://${s3.bucket}/${prefix}`,
    BLOB_S3_ENDPOINT: s3.url,
    BLOB_S3_REGION: 'us-east-1',
    BLOB_S3_ACCESS_KEY_ID: s3.accessKeyId,
    BLOB_S3_SECRET_ACCESS_KEY: s3.secretAccessKey,
    BLOB_S3_SSE: 'AES256',
  });
  return {
    store,
    keys: async () => (await s3.objects()).map((name) => relative(prefix, name)),
    pathOf: (key) => s3.pathOf(`${prefix}/${key}`),
    unfinished: () => s3.uploads(),
    stop: () => s3.stop(),
    close: () => s3.stop(),
  };
}
