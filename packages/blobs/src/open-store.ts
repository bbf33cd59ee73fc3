import { openBlobStore } from './filesystem.ts';
import type { BlobSettings } from './s3/settings.ts';
import type { BlobStore } from './store.ts';

/** The store that the settings name. S3's library is loaded only where it is used. */
export async function openConfiguredStore(settings: BlobSettings): Promise<BlobStore> {
  const { BLOB_DIR, BLOB_S3 } = settings;
  if (BLOB_S3 !== undefined) {
    const { openS3Store } = await import('./s3/store.ts');
    return openS3Store({ ...settings, BLOB_S3 });
  }
  if (BLOB_DIR === undefined) throw new RangeError('BLOB_DIR or BLOB_S3 has to be set');
  return openBlobStore(BLOB_DIR);
}
