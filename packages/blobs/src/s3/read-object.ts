import type { Readable } from 'node:stream';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { toStorageError } from './failures.ts';
import type { Bucket } from './upload.ts';

/** Times in a row that a connection may break before a byte has come. */
const BREAKS = 3;

/**
 * The bytes of an object. When the connection breaks in the midst, the rest is asked for where it broke off, of the same version of the
 * object: nothing is read twice. Throws `blob_missing`, `storage_unavailable`.
 */
export async function* readObject({ client, bucket }: Bucket, name: string): AsyncGenerator<Buffer> {
  let read = 0;
  let version: string | undefined;
  let whole: number | undefined;
  for (let breaks = 0; read !== whole; ) {
    try {
      const rest = read === 0 ? {} : { Range: `bytes=${read}-`, IfMatch: version };
      const got = await client.send(new GetObjectCommand({ Bucket: bucket, Key: name, ...rest }));
      version ??= got.ETag;
      whole ??= got.ContentLength;
      for await (const piece of got.Body as Readable) {
        read += piece.length;
        breaks = 0;
        yield piece;
      }
      if (whole === undefined) return;
    } catch (error) {
      const known = toStorageError(error);
      breaks += 1;
      // An answer that refuses is no broken connection; and what was read of an object that is another by now is of no use.
      if (known.code === 'blob_missing' || read === 0 || hasAnswered(error) || breaks > BREAKS) throw known;
    }
  }
}

function hasAnswered(error: unknown): boolean {
  return error instanceof Error && '$response' in error && error.$response !== undefined;
}
