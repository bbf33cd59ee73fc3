import { randomBytes } from 'node:crypto';
import { mkdir, utimes, writeFile } from 'node:fs/promises';
import { createServer, request as httpRequest } from 'node:http';
import { dirname, join } from 'node:path';
import { CreateMultipartUploadCommand, S3Client } from '@aws-sdk/client-s3';
import { freePort, type S3Server, startS3 } from '@docusnap/testing';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openConfiguredStore } from './open-store.ts';
import { BLOB_RULES, BlobSettings, encryptionOf, placeOf } from './s3/settings.ts';

const key = randomBytes(32);
let s3: S3Server;
let client: S3Client;
beforeAll(async () => {
  s3 = await startS3();
  client = new S3Client({
    endpoint: s3.url,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId: s3.accessKeyId, secretAccessKey: s3.secretAccessKey },
  });
});
afterAll(async () => {
  client.destroy();
  await s3.stop();
});

function openStore(change: Partial<BlobSettings> = {}) {
  return openConfiguredStore({
    BLOB_S3: `s3://${s3.bucket}`,
    BLOB_S3_ENDPOINT: s3.url,
    BLOB_S3_REGION: 'us-east-1',
    BLOB_S3_ACCESS_KEY_ID: s3.accessKeyId,
    BLOB_S3_SECRET_ACCESS_KEY: s3.secretAccessKey,
    ...change,
  });
}

async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}

const unavailable = { name: 'AppError', code: 'storage_unavailable' };

test('a prefix with more objects than are listed at a time is emptied, and all of its jobs are listed before', async () => {
  const store = await openStore();
  const jobs = Array.from({ length: 1_050 }, (_, job) => `job-${job}`);
  // As files, since the server takes its time over a thousand requests.
  for (const job of jobs) {
    const path = s3.pathOf(`many/${job}/0`);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, 'x');
  }
  expect(new Set(await Array.fromAsync(store.list('many/')))).toEqual(new Set(jobs));
  expect(await store.lastWritten('many/')).toBeGreaterThan(Date.now() - 60_000);
  await store.removePrefix('many/');
  expect(await s3.objects()).toEqual([]);
});

test('uploads in parts whose writer was killed are given up once they are old, and younger ones are not', async () => {
  const store = await openStore({ BLOB_S3: `s3://${s3.bucket}/mine` });
  for (const name of ['mine/jobs/a/files/0', 'mine/jobs/b/files/0', 'others/0']) {
    await client.send(new CreateMultipartUploadCommand({ Bucket: s3.bucket, Key: name }));
    if (name === 'mine/jobs/b/files/0') continue;
    const hourAgo = Date.now() / 1_000 - 3_600;
    for (const upload of await s3.uploads()) await utimes(join(upload, 'key'), hourAgo, hourAgo);
  }
  const [young] = (await s3.uploads()).slice(-1);
  await utimes(join(young!, 'key'), Date.now() / 1_000, Date.now() / 1_000);
  const before = (await s3.uploads()).length;
  const aborted = await store.sweepTemporary(60_000);
  expect(aborted).toBeGreaterThan(0);
  expect((await s3.uploads()).length).toBe(before - aborted);
  expect(await s3.uploads()).toContain(young);
  await (await openStore()).sweepTemporary(-60_000);
  expect(await s3.uploads()).toEqual([]);
});

test('a connection that breaks in the midst of a blob is taken up where it broke, and no byte is asked for twice', async () => {
  await (await openStore()).put('jobs/a/files/0', key, once(randomBytes(3_000_000)));
  const ranges: (string | undefined)[] = [];
  let served = 0;
  const proxy = createServer((incoming, outgoing) => {
    const isRead = incoming.method === 'GET' && !incoming.url?.includes('list-type');
    if (isRead) ranges.push(incoming.headers.range);
    const onward = httpRequest(
      s3.url + incoming.url,
      { method: incoming.method, headers: incoming.headers },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.on('data', (piece: Buffer) => {
          outgoing.write(piece);
          served += piece.length;
          if (isRead && ranges.length < 3 && served > ranges.length * 1_000_000) {
            answer.destroy();
            // What was written reaches the reader first.
            setTimeout(() => outgoing.destroy(), 100);
          }
        });
        answer.on('end', () => outgoing.end());
      },
    );
    onward.on('error', () => undefined);
    incoming.pipe(onward);
  });
  const port = await freePort();
  await new Promise<void>((resolve) => proxy.listen(port, '127.0.0.1', resolve));
  try {
    // The signature is of this host, which the proxy passes on.
    const store = await openStore({ BLOB_S3_ENDPOINT: `http://127.0.0.1:${port}` });
    expect(Buffer.concat(await Array.fromAsync(store.get('jobs/a/files/0', key)))).toHaveLength(3_000_000);
    expect(ranges).toHaveLength(3);
    expect(ranges[0]).toBeUndefined();
    const starts = ranges.slice(1).map((range) => Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1]));
    expect(starts[0]).toBeGreaterThan(900_000);
    expect(starts[1]).toBeGreaterThan(starts[0]!);
  } finally {
    proxy.closeAllConnections();
    await new Promise((resolve) => proxy.close(resolve));
  }
});

test('a bucket that is not there, credentials that do not hold and a server that is away are said alike, within seconds', async () => {
  const wrong = [
    await openStore({ BLOB_S3: 's3://no-such-bucket' }),
    await openStore({ BLOB_S3_SECRET_ACCESS_KEY: 'wrong' }),
    await openStore({ BLOB_S3_ENDPOINT: `http://127.0.0.1:${await freePort()}` }),
  ];
  for (const store of wrong) {
    await expect(store.check()).rejects.toMatchObject(unavailable);
    await expect(store.put('jobs/a', key, once(Buffer.from('x')))).rejects.toMatchObject(unavailable);
    await expect(Array.fromAsync(store.get('jobs/a', key))).rejects.toMatchObject(unavailable);
    await expect(store.removePrefix('jobs/')).rejects.toMatchObject(unavailable);
    await expect(store.sweepTemporary(0)).rejects.toMatchObject(unavailable);
    await expect(Array.fromAsync(store.list('jobs/'))).rejects.toMatchObject(unavailable);
    await expect(store.lastWritten('jobs/')).rejects.toMatchObject(unavailable);
  }
});

test("the bucket's own encryption is asked for with each object, and a pass to put one carries it", async () => {
  expect(encryptionOf('AES256')).toEqual({ ServerSideEncryption: 'AES256' });
  expect(encryptionOf('aws:kms')).toEqual({ ServerSideEncryption: 'aws:kms' });
  expect(encryptionOf('aws:kms:arn:aws:kms:eu-1:1:key/2')).toEqual({
    ServerSideEncryption: 'aws:kms',
    SSEKMSKeyId: 'arn:aws:kms:eu-1:1:key/2',
  });
  const asked: unknown[] = [];
  const proxy = createServer((incoming, outgoing) => {
    asked.push([incoming.method, incoming.headers['x-amz-server-side-encryption']]);
    incoming.resume().on('end', () => outgoing.writeHead(200, { etag: '"x"' }).end());
  });
  const port = await freePort();
  await new Promise<void>((resolve) => proxy.listen(port, '127.0.0.1', resolve));
  try {
    const store = await openStore({ BLOB_S3_ENDPOINT: `http://127.0.0.1:${port}`, BLOB_S3_SSE: 'aws:kms:k' });
    await store.put('jobs/a', key, once(Buffer.from('x')));
    expect(asked).toEqual([['PUT', 'aws:kms']]);
    expect((await store.pass!('jobs/a', 'put')).headers).toEqual({
      'x-amz-server-side-encryption': 'aws:kms',
      'x-amz-server-side-encryption-aws-kms-key-id': 'k',
    });
  } finally {
    proxy.closeAllConnections();
    await new Promise((resolve) => proxy.close(resolve));
  }
});

test('settings that name no store, or two, or half a credential are told apart', () => {
  const broken = (settings: Partial<BlobSettings>) =>
    BLOB_RULES.filter((rule) => !rule.holds(settings)).map((rule) => rule.message);
  expect(broken({ BLOB_DIR: '/blobs' })).toEqual([]);
  expect(broken({ BLOB_S3: 's3://bucket', BLOB_S3_ACCESS_KEY_ID: 'a', BLOB_S3_SECRET_ACCESS_KEY: 'b' })).toEqual([]);
  expect(broken({})).toEqual([expect.stringContaining('BLOB_S3')]);
  expect(broken({ BLOB_DIR: '/blobs', BLOB_S3: 's3://bucket' })).toEqual([expect.stringContaining('one place')]);
  expect(broken({ BLOB_DIR: '/b', BLOB_S3_ACCESS_KEY_ID: 'a' })).toEqual([expect.stringContaining('both or neither')]);
  for (const wrong of ['bucket', 's3://', 's3://B', 's3://bucket/a b', 's3://bucket//a', 'https://bucket']) {
    expect(BlobSettings.safeParse({ BLOB_S3: wrong }).success).toBe(false);
  }
  expect(placeOf('s3://my.bucket-1/a/b/')).toEqual({ bucket: 'my.bucket-1', prefix: 'a/b/' });
  expect(placeOf('s3://bucket')).toEqual({ bucket: 'bucket', prefix: '' });
});
