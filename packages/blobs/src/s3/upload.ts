import { Readable } from 'node:stream';
import type { S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { toStorageError } from './failures.ts';
import type { Encryption } from './settings.ts';

export interface Bucket {
  readonly client: S3Client;
  readonly bucket: string;
  readonly encryption: Encryption;
}

/** The least a part may have. Of one object these and the one being filled are in memory. */
const PART_BYTES = 5 * 1024 * 1024;
const PARTS_AT_ONCE = 2;

/**
 * Stores a stream as an object: in one request where it fits one part, else in parts, which are given up when the source throws or the bucket refuses.
 * The source's errors come through as they are; all else is `storage_unavailable`.
 */
export async function uploadObject(
  { client, bucket, encryption }: Bucket,
  name: string,
  source: AsyncIterable<Buffer>,
): Promise<void> {
  let lost: { readonly error: unknown } | undefined;
  async function* watched(): AsyncGenerator<Buffer> {
    try {
      yield* source;
    } catch (error) {
      lost = { error };
      throw error;
    }
  }
  const upload = new Upload({
    client,
    params: { Bucket: bucket, Key: name, Body: Readable.from(watched(), { objectMode: false }), ...encryption },
    partSize: PART_BYTES,
    queueSize: PARTS_AT_ONCE,
  });
  try {
    await upload.done();
  } catch (error) {
    throw lost ? lost.error : toStorageError(error);
  }
}
