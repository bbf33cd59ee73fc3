import type { BlobSettings } from './s3/settings.ts';

/** Makes the bucket of the files where there is none. S3's library is loaded only where it is used. */
export async function makeBucket(settings: BlobSettings & { BLOB_S3: string }): Promise<'made' | 'there'> {
  const { ensureBucket } = await import('./s3/bucket.ts');
  return ensureBucket(settings);
}
