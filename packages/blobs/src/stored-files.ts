import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '@docusnap/contracts';
import { segmentsOf } from './blob-keys.ts';
import { readFileInPieces } from './file-bytes.ts';
import { putFile } from './filesystem.ts';
import { type BlobSettings, encryptionOf, placeOf } from './s3/settings.ts';

export interface StoredFile {
  readonly key: string;
  /** Sealed. */
  readonly bytes: number;
}

/** What a store holds as it lies there, sealed: to move it elsewhere without any key. */
export interface StoredFiles {
  /** All that is there. Throws `storage_unavailable`. */
  list(): AsyncIterable<StoredFile>;
  /** Throws, while iterating, `blob_missing` and `storage_unavailable`. */
  read(key: string): AsyncIterable<Uint8Array>;
  /** Appears whole or not at all, and is on the disk when the promise resolves. Throws `storage_unavailable`, and what the source throws. */
  write(key: string, source: AsyncIterable<Uint8Array>): Promise<void>;
}

/** S3's library is loaded only where it is used. */
export async function openStoredFiles(settings: BlobSettings): Promise<StoredFiles> {
  const { BLOB_DIR, BLOB_S3 } = settings;
  if (BLOB_S3 !== undefined) return filesInS3({ ...settings, BLOB_S3 });
  if (BLOB_DIR === undefined) throw new RangeError('BLOB_DIR or BLOB_S3 has to be set');
  return filesIn(BLOB_DIR);
}

function filesIn(folder: string): StoredFiles {
  return {
    list: () => listBelow(folder, ''),
    read: (key) => readFileInPieces(join(folder, ...segmentsOf(key))),
    write: (key, source) => putFile(folder, join(folder, ...segmentsOf(key)), source),
  };
}

async function* listBelow(folder: string, inside: string): AsyncGenerator<StoredFile> {
  // Nothing was ever stored there, or it was removed meanwhile.
  const entries = (await unlessAbsent(readdir(join(folder, inside), { withFileTypes: true }))) ?? [];
  for (const entry of entries) {
    // Files that are being written have names of their own.
    if (entry.name.startsWith('.')) continue;
    const key = inside === '' ? entry.name : `${inside}/${entry.name}`;
    if (entry.isDirectory()) yield* listBelow(folder, key);
    else {
      const found = await unlessAbsent(stat(join(folder, key)));
      if (found !== null) yield { key, bytes: found.size };
    }
  }
}

/** Null for what is not there. Throws AppError `storage_unavailable` for what may not be looked at: leaving it out would be losing it. */
async function unlessAbsent<Found>(looked: Promise<Found>): Promise<Found | null> {
  try {
    return await looked;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new AppError('storage_unavailable', undefined, { cause: error });
  }
}

async function filesInS3(settings: BlobSettings & { BLOB_S3: string }): Promise<StoredFiles> {
  const [{ clientOf }, { listObjects }, { readObject }, { uploadObject }] = await Promise.all([
    import('./s3/store.ts'),
    import('./s3/list.ts'),
    import('./s3/read-object.ts'),
    import('./s3/upload.ts'),
  ]);
  const { bucket, prefix } = placeOf(settings.BLOB_S3);
  const place = { client: clientOf(settings), bucket, encryption: encryptionOf(settings.BLOB_S3_SSE) };
  const nameOf = (key: string): string => prefix + segmentsOf(key).join('/');
  return {
    async *list() {
      for await (const { name, bytes } of listObjects(place, prefix)) yield { key: name.slice(prefix.length), bytes };
    },
    read: (key) => readObject(place, nameOf(key)),
    write: (key, source) => uploadObject(place, nameOf(key), asBuffers(source)),
  };
}

async function* asBuffers(source: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  for await (const piece of source) yield Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
}
