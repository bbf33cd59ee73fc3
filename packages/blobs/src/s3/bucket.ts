import { CreateBucketCommand, HeadBucketCommand, type S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { asStorage } from './failures.ts';
import { type BlobSettings, placeOf } from './settings.ts';
import { clientOf } from './store.ts';

/**
 * Makes the bucket that the settings name, unless it is there; tells which. Several may do so at once. For stores of one's own: the identity needs
 * the right to make buckets, which that of the services need not have. Throws AppError `storage_unavailable`.
 */
export function ensureBucket(settings: BlobSettings & { BLOB_S3: string }): Promise<'made' | 'there'> {
  const { bucket } = placeOf(settings.BLOB_S3);
  const client = clientOf(settings);
  return asStorage(async () => {
    if (await isThere(client, bucket)) return 'there';
    try {
      await client.send(new CreateBucketCommand({ Bucket: bucket }));
      return 'made';
    } catch (error) {
      // Another was quicker.
      if (error instanceof S3ServiceException && error.name === 'BucketAlreadyOwnedByYou') return 'there';
      throw error;
    }
  });
}

async function isThere(client: S3Client, bucket: string): Promise<boolean> {
  try {
    await client.send(new HeadBucketCommand({ Bucket: bucket }));
    return true;
  } catch (error) {
    if (error instanceof S3ServiceException && error.$metadata.httpStatusCode === 404) return false;
    throw error;
  }
}
