import {
  AbortMultipartUploadCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  type ListMultipartUploadsCommandInput,
  type ListMultipartUploadsCommandOutput,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { segmentsOf, segmentsOfPrefix } from '../blob-keys.ts';
import { openStream, sealStream } from '../sealed-stream.ts';
import type { BlobPass, BlobStore } from '../store.ts';
import { asStorage } from './failures.ts';
import { listSegments, newestBelow } from './list.ts';
import { readObject } from './read-object.ts';
import { type BlobSettings, encryptionOf, placeOf } from './settings.ts';
import { type Bucket, uploadObject } from './upload.ts';

/** How long a pass is good for: the readers' longest page, many times over. Seconds. */
const PASS_SECONDS = 900;
/** As many as S3 lists and deletes at a time. */
const BATCH = 1_000;
/** Until a connection stands, and until something comes over one that does: milliseconds. */
const CONNECT_MS = 2_000;
const SILENCE_MS = 30_000;

/** A store of blobs in an S3 bucket. What is stored is sealed before it leaves this process; the bucket's own encryption comes on top. */
export function openS3Store(settings: BlobSettings & { BLOB_S3: string }): BlobStore {
  const { bucket, prefix } = placeOf(settings.BLOB_S3);
  const client = clientOf(settings);
  const place: Bucket = { client, bucket, encryption: encryptionOf(settings.BLOB_S3_SSE) };
  const nameOf = (key: string): string => prefix + segmentsOf(key).join('/');
  const below = (keys: string): string => `${prefix}${segmentsOfPrefix(keys).join('/')}/`;
  return {
    put: (key, dataKey, source) => uploadObject(place, nameOf(key), sealStream(dataKey, key, source)),
    get: (key, dataKey) => openStream(dataKey, key, readObject(place, nameOf(key))),
    removePrefix: (keys) => asStorage(() => removeBelow(place, below(keys))),
    // Whether the bucket is there and answers to these credentials: an object written and removed each second would be paid for.
    check: () => asStorage(() => seeBucket(place, prefix)),
    sweepTemporary: (olderThanMs) => asStorage(() => abortUploads(place, { prefix, olderThanMs })),
    list: (keys) => listSegments(place, below(keys)),
    lastWritten: (keys) => asStorage(() => newestBelow(place, below(keys))),
    pass: (key, act) => asStorage(() => signPass(place, nameOf(key), act)),
  };
}

export function clientOf(settings: BlobSettings): S3Client {
  const { BLOB_S3_ACCESS_KEY_ID: accessKeyId, BLOB_S3_SECRET_ACCESS_KEY: secretAccessKey } = settings;
  const pathStyle = settings.BLOB_S3_PATH_STYLE ?? (settings.BLOB_S3_ENDPOINT ? 'on' : 'off');
  return new S3Client({
    region: settings.BLOB_S3_REGION,
    forcePathStyle: pathStyle === 'on',
    // Servers other than AWS's do not all know the newer checksums, and what is stored authenticates itself.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: { connectionTimeout: CONNECT_MS, socketTimeout: SILENCE_MS },
    ...(settings.BLOB_S3_ENDPOINT ? { endpoint: settings.BLOB_S3_ENDPOINT } : {}),
    ...(accessKeyId && secretAccessKey ? { credentials: { accessKeyId, secretAccessKey } } : {}),
  });
}

async function seeBucket({ client, bucket }: Bucket, prefix: string): Promise<void> {
  await client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, MaxKeys: 1 }));
}

/** A thousand at a time, always the first ones there are: so what is written meanwhile goes too. */
async function removeBelow({ client, bucket }: Bucket, names: string): Promise<void> {
  for (;;) {
    const list = new ListObjectsV2Command({ Bucket: bucket, Prefix: names, MaxKeys: BATCH });
    const found = (await client.send(list)).Contents ?? [];
    if (found.length === 0) return;
    const objects = found.map(({ Key }) => ({ Key }));
    const remove = new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects: objects, Quiet: true } });
    const [failed] = (await client.send(remove)).Errors ?? [];
    if (failed) throw new Error(`The bucket did not delete all objects: ${failed.Code} ${failed.Message}`);
  }
}

/** Ends uploads in parts that were begun long ago, whose parts are kept and paid for until then. Resolves to how many. */
async function abortUploads(
  { client, bucket }: Bucket,
  { prefix, olderThanMs }: { prefix: string; olderThanMs: number },
): Promise<number> {
  const before = Date.now() - olderThanMs;
  let aborted = 0;
  let from: Pick<ListMultipartUploadsCommandInput, 'KeyMarker' | 'UploadIdMarker'> = {};
  for (let more = true; more; ) {
    const list = new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: prefix, ...from });
    const page: ListMultipartUploadsCommandOutput = await client.send(list);
    from = { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker };
    more = page.IsTruncated ?? false;
    for (const { Key, UploadId, Initiated } of page.Uploads ?? []) {
      if (Initiated === undefined || Initiated.getTime() > before) continue;
      await client.send(new AbortMultipartUploadCommand({ Bucket: bucket, Key, UploadId }));
      aborted += 1;
    }
  }
  return aborted;
}

async function signPass({ client, bucket, encryption }: Bucket, name: string, act: 'get' | 'put'): Promise<BlobPass> {
  const where = { Bucket: bucket, Key: name };
  const expiresIn = { expiresIn: PASS_SECONDS };
  if (act === 'get') return { url: await getSignedUrl(client, new GetObjectCommand(where), expiresIn), headers: {} };
  const put = new PutObjectCommand({ ...where, ...encryption });
  return { url: await getSignedUrl(client, put, expiresIn), headers: headersOf(encryption) };
}

/** They are signed, so who uses the pass has to send them. */
function headersOf({ ServerSideEncryption, SSEKMSKeyId }: Bucket['encryption']): Record<string, string> {
  return {
    ...(ServerSideEncryption ? { 'x-amz-server-side-encryption': ServerSideEncryption } : {}),
    ...(SSEKMSKeyId ? { 'x-amz-server-side-encryption-aws-kms-key-id': SSEKMSKeyId } : {}),
  };
}
