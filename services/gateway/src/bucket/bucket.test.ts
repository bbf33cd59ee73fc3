import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type S3Server, startS3 } from '@docusnap/testing';
import { afterAll, beforeAll, expect, test } from '@jest/globals';

let server: S3Server;
beforeAll(async () => {
  server = await startS3();
});
afterAll(() => server.stop());

interface Ended {
  readonly code: unknown;
  readonly out: string;
  readonly said: string;
}

function makeBucketAs(env: Readonly<Record<string, string>>): Promise<Ended> {
  const main = fileURLToPath(new URL('./main.ts', import.meta.url));
  return new Promise((resolve) => {
    execFile(process.execPath, [main], { env }, (error, out, said) =>
      resolve({ code: error ? error.code : 0, out, said }),
    );
  });
}

test('a bucket that is not there is made, by two at once too, and one that is there stays', async () => {
  const env = { ...server.variables(), BLOB_S3: 's3://made-by-command/files' };
  const [one, other] = await Promise.all([makeBucketAs(env), makeBucketAs(env)]);
  for (const ended of [one, other]) expect(ended).toMatchObject({ code: 0, said: '' });
  expect(await makeBucketAs(env)).toEqual({
    code: 0,
    out: 'The bucket of s3://made-by-command/files is there.\n',
    said: '',
  });
});

test('a store that is away, and settings that cannot be used, end the command with sentences that show no secret', async () => {
  const hidden = 'hidden-secret-of-nobody';
  const away = await makeBucketAs({
    ...server.variables(),
    BLOB_S3_ENDPOINT: 'http://127.0.0.1:1',
    BLOB_S3_SECRET_ACCESS_KEY: hidden,
    BUCKET_WAIT_SECONDS: '0',
  });
  expect(away).toMatchObject({ code: 1, said: expect.stringContaining('ECONNREFUSED') });
  expect(away.said).not.toContain(hidden);
  expect(await makeBucketAs({})).toMatchObject({ code: 1, said: expect.stringContaining('BLOB_S3 is not set') });
});
