import { setTimeout as pause } from 'node:timers/promises';
import { makeBucket } from '@docusnap/blobs';
import { AppError } from '@docusnap/contracts';
import { ConfigError } from '@docusnap/runtime';
import { type BucketConfig, readBucketConfig } from './config.ts';

/** Milliseconds between two looks whether the store answers by now. */
const LOOK_EVERY_MS = 500;

/** Makes the bucket that BLOB_S3 names where there is none, and ends. Deployments with a store of their own run it before the services. */
async function untilItIsThere(config: BucketConfig): Promise<'made' | 'there'> {
  for (const deadline = Date.now() + config.BUCKET_WAIT_SECONDS * 1_000; ; await pause(LOOK_EVERY_MS)) {
    try {
      return await makeBucket(config);
    } catch (error) {
      if (!(error instanceof AppError) || Date.now() >= deadline) throw error;
    }
  }
}

try {
  const config = readBucketConfig(process.env);
  process.stdout.write(
    `The bucket of ${config.BLOB_S3} ${(await untilItIsThere(config)) === 'made' ? 'was made' : 'is there'}.\n`,
  );
} catch (error) {
  if (!(error instanceof ConfigError || error instanceof AppError)) throw error;
  const { cause } = error;
  process.stderr.write(`${error.message}${cause instanceof Error ? ` (${cause.message})` : ''}\n`);
  process.exitCode = 1;
}
process.disconnect?.();
