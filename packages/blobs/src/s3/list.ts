import { paginateListObjectsV2 } from '@aws-sdk/client-s3';
import { toStorageError } from './failures.ts';
import type { Bucket } from './upload.ts';

/** The next segments of the names that begin so, each once. */
export async function* listSegments({ client, bucket }: Bucket, names: string): AsyncGenerator<string> {
  try {
    for await (const page of paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: names, Delimiter: '/' })) {
      for (const { Prefix } of page.CommonPrefixes ?? []) yield (Prefix ?? '').slice(names.length, -1);
      for (const { Key } of page.Contents ?? []) yield (Key ?? '').slice(names.length);
    }
  } catch (error) {
    throw toStorageError(error);
  }
}

/** When the newest object whose name begins so was written, in milliseconds by S3's clock; null where there is none. */
export async function newestBelow({ client, bucket }: Bucket, names: string): Promise<number | null> {
  let newest: number | null = null;
  for await (const page of paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: names })) {
    for (const { LastModified } of page.Contents ?? []) newest = Math.max(newest ?? 0, LastModified?.getTime() ?? 0);
  }
  return newest;
}

/** The whole names that begin so, with their bytes. */
export async function* listObjects(
  { client, bucket }: Bucket,
  names: string,
): AsyncGenerator<{ readonly name: string; readonly bytes: number }> {
  try {
    for await (const page of paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: names })) {
      for (const { Key, Size } of page.Contents ?? []) yield { name: Key ?? '', bytes: Size ?? 0 };
    }
  } catch (error) {
    throw toStorageError(error);
  }
}
