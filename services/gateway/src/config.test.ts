import { newMasterKey } from '@docusnap/blobs';
import { describeConfig, readConfig } from '@docusnap/runtime';
import { expect, test } from '@jest/globals';
import { GatewayConfig } from './config.ts';

const NEEDED = { DATABASE_URL: 'a', DATABASE_WORKER_URL: 'b', BLOB_DIR: 'c', MASTER_KEY: newMasterKey('k') };

test('what is not set has its default, and the master key is read', () => {
  const config = readConfig(GatewayConfig, NEEDED);
  expect(config).toMatchObject({ HOST: '127.0.0.1', PORT: 8000, MAX_IMAGE_BYTES: 26_214_400, LOG_LEVEL: 'info' });
  expect(config.MASTER_KEY.currentId).toBe('k');
});

test('every variable is described', () => {
  const variables = describeConfig(GatewayConfig);
  expect(variables.filter(({ description }) => description === '')).toEqual([]);
  expect(variables.filter(({ required }) => required).map(({ name }) => name)).toEqual(Object.keys(NEEDED));
});

test.each([{ PORT: '70000' }, { MAX_IMAGE_BYTES: '25MiB' }, { MAX_PAGE_PIXELS: '0' }, { LOG_LEVEL: 'loud' }])(
  '%j is refused',
  (wrong) => {
    expect(() => readConfig(GatewayConfig, { ...NEEDED, ...wrong })).toThrow(Object.keys(wrong)[0]);
  },
);
