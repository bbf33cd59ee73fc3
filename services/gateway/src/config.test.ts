import { newMasterKey } from '@docusnap/blobs';
import { describeConfig, readConfig } from '@docusnap/runtime';
import { expect, test } from '@jest/globals';
import { GatewayConfig } from './config.ts';

const NEEDED = { DATABASE_URL: 'a', DATABASE_WORKER_URL: 'b', BLOB_DIR: 'c', MASTER_KEY: newMasterKey('k') };

test('what is not set has its default, and the master key is read', () => {
  const config = readConfig(GatewayConfig, NEEDED);
  expect(config).toMatchObject({ HOST: '127.0.0.1', PORT: 8000, MAX_IMAGE_BYTES: 26_214_400, LOG_LEVEL: 'info' });
  expect(config.MASTER_KEY).toBe(NEEDED.MASTER_KEY);
});

test('files lie in a folder or in S3; neither, both, and a master key that is none are told by name', () => {
  const { BLOB_DIR, ...rest } = NEEDED;
  const s3 = { BLOB_S3: 's3://bucket/prefix', BLOB_S3_SSE: 'aws:kms' };
  expect(readConfig(GatewayConfig, { ...rest, ...s3 }).BLOB_S3).toBe(s3.BLOB_S3);
  expect(() => readConfig(GatewayConfig, rest)).toThrow(/BLOB_DIR is not set \(.*BLOB_S3/);
  expect(() => readConfig(GatewayConfig, { BLOB_DIR, ...rest, ...s3 })).toThrow(
    /BLOB_S3 cannot be used: BLOB_DIR is set/,
  );
  const half = { ...NEEDED, BLOB_S3_ACCESS_KEY_ID: 'a' };
  expect(() => readConfig(GatewayConfig, half)).toThrow(/BLOB_S3_SECRET_ACCESS_KEY are given both or neither/);
  expect(() => readConfig(GatewayConfig, { ...NEEDED, MASTER_KEY: 'k' })).toThrow(
    'MASTER_KEY cannot be used: the master key',
  );
  expect(readConfig(GatewayConfig, { ...NEEDED, MASTER_KEY: 'k:vault:transit/a:vault:v1:AAAA' }).MASTER_KEY).toContain(
    'vault',
  );
});

test('every variable is described', () => {
  const variables = describeConfig(GatewayConfig);
  expect(variables.filter(({ description }) => description === '')).toEqual([]);
  expect(variables.filter(({ required }) => required).map(({ name }) => name)).toEqual(
    Object.keys(NEEDED).filter((name) => name !== 'BLOB_DIR'),
  );
});

test.each([
  { PORT: '70000' },
  { MAX_IMAGE_BYTES: '25MiB' },
  { MAX_PAGE_PIXELS: '0' },
  { LOG_LEVEL: 'loud' },
  { FETCH_ALLOW: 'hooks.internal:no' },
  { FETCH_DENY: '10.0.0.0/99' },
  { WEBHOOK_CONCURRENCY: '-1' },
])('%j is refused', (wrong) => {
  expect(() => readConfig(GatewayConfig, { ...NEEDED, ...wrong })).toThrow(Object.keys(wrong)[0]);
});
