import { expect, test } from '@jest/globals';
import { pagesAtOnce, preparationEnvironment, readerEnvironment, readOcrConfig } from './config.ts';

const LEAST = { DATABASE_WORKER_URL: 'postgres://x', BLOB_DIR: '/blobs', MASTER_KEY: 'a:b' };

test('with the least that must be set, the rest has its defaults', () => {
  expect(readOcrConfig(LEAST)).toMatchObject({ HOST: '127.0.0.1', PORT: 5001, OCR_EXECUTION_PROVIDER: 'cpu' });
  expect(readOcrConfig({ ...LEAST, OCR_READERS: '3' }).OCR_READERS).toBe(3);
});

test('every problem is named, and no value is shown', () => {
  const broken = { PORT: 'abc', OCR_EXECUTION_PROVIDER: 'tpu', MASTER_KEY: 'secret' };
  expect(() => readOcrConfig(broken)).toThrow(
    /PORT[\s\S]*DATABASE_WORKER_URL[\s\S]*OCR_EXECUTION_PROVIDER[\s\S]*BLOB_DIR/,
  );
  expect(() => readOcrConfig(broken)).not.toThrow(/secret/);
});

test('without internal authentication the service listens on a loopback address only', () => {
  for (const HOST of ['127.0.0.1', '127.1.2.3', '::1', 'localhost']) {
    expect(readOcrConfig({ ...LEAST, HOST }).HOST).toBe(HOST);
  }
  for (const HOST of ['0.0.0.0', '10.0.0.5', '::']) {
    expect(() => readOcrConfig({ ...LEAST, HOST })).toThrow(/INTERNAL_AUTH=none .*loopback/);
  }
});

test('each way of proving oneself needs what it is made of, and the calls of others a port where they cannot do so', () => {
  const { BLOB_DIR, ...least } = LEAST;
  const at = { ...LEAST, HOST: '0.0.0.0' };
  const secret = 's'.repeat(32);
  expect(readOcrConfig({ ...at, INTERNAL_AUTH: 'hmac', INTERNAL_SECRET: `${secret}, ${secret}` })).toMatchObject({
    INTERNAL_SECRET: [secret, secret],
  });
  const refused: [NodeJS.ProcessEnv, RegExp][] = [
    [{ ...at, INTERNAL_AUTH: 'hmac' }, /INTERNAL_AUTH=hmac needs INTERNAL_SECRET/],
    [{ ...at, INTERNAL_AUTH: 'hmac', INTERNAL_SECRET: 'short' }, /32 characters or more/],
    [
      { ...at, INTERNAL_AUTH: 'mtls', INTERNAL_TLS_CERT: 'x' },
      /INTERNAL_AUTH=mtls needs INTERNAL_TLS_CERT, .*INTERNAL_CLIENT_CA/,
    ],
    [
      { ...at, INTERNAL_AUTH: 'hmac', INTERNAL_SECRET: secret, OCR_COMPAT: 'on' },
      /OCR_COMPAT=on needs OCR_COMPAT_PORT/,
    ],
    [{ ...least, HOST: '0.0.0.0' }, /BLOB_DIR is not set[\s\S]*INTERNAL_AUTH=none/],
  ];
  for (const [env, sentence] of refused) expect(() => readOcrConfig(env)).toThrow(sentence);
  expect(BLOB_DIR).toBe('/blobs');
  const compat = { OCR_COMPAT: 'on', OCR_COMPAT_PORT: '5002', OCR_COMPAT_TOKEN: 't' };
  expect(readOcrConfig({ ...at, INTERNAL_AUTH: 'hmac', INTERNAL_SECRET: secret, ...compat }).OCR_COMPAT_PORT).toBe(
    5002,
  );
  expect(readOcrConfig({ ...LEAST, OCR_COMPAT: 'on' }).OCR_COMPAT).toBe('on');
});

test('several pages at once are for readers on a GPU, and each takes its place among the readers', () => {
  const onGpu = readOcrConfig({
    ...LEAST,
    OCR_EXECUTION_PROVIDER: 'cuda',
    OCR_READERS: '2',
    OCR_PAGES_AT_ONCE: '4',
  });
  expect(pagesAtOnce(onGpu)).toBe(8);
  expect(pagesAtOnce(readOcrConfig({ ...LEAST, OCR_READERS: '3' }))).toBe(3);
  expect(() => readOcrConfig({ ...LEAST, OCR_PAGES_AT_ONCE: '2' })).toThrow(
    /OCR_PAGES_AT_ONCE .*1 where OCR_EXECUTION_PROVIDER=cpu/,
  );
});

test('readers are given no credentials of a bucket', () => {
  const { BLOB_DIR, ...rest } = LEAST;
  const env = {
    ...rest,
    BLOB_S3: 's3://bucket',
    BLOB_S3_ACCESS_KEY_ID: 'a',
    BLOB_S3_SECRET_ACCESS_KEY: 'b',
    VAULT_TOKEN: 'c',
  };
  expect(readerEnvironment(readOcrConfig(env), env)).toEqual({
    ORT_DISABLE_TELEMETRY: '1',
    OCR_EXECUTION_PROVIDER: 'cpu',
  });
  expect(BLOB_DIR).toBe('/blobs');
});

test('readers get what they need and no secret, and report to nobody', () => {
  const env = { ...LEAST, PATH: '/bin', LD_LIBRARY_PATH: '/cuda', REDIS_URL: 'redis://:secret@x' };
  expect(readerEnvironment(readOcrConfig(env), env)).toEqual({
    PATH: '/bin',
    LD_LIBRARY_PATH: '/cuda',
    ORT_DISABLE_TELEMETRY: '1',
    BLOB_DIR: '/blobs',
    OCR_EXECUTION_PROVIDER: 'cpu',
  });
});

test('what prepares their models gets which and from where, and no secret', () => {
  const env = { ...LEAST, TMPDIR: '/scratch', OCR_MODELS: 'b, a', OCR_MODELS_DIR: '/models' };
  expect(preparationEnvironment(readOcrConfig(env), env)).toEqual({
    TMPDIR: '/scratch',
    ORT_DISABLE_TELEMETRY: '1',
    OCR_EXECUTION_PROVIDER: 'cpu',
    OCR_MODELS: 'b,a',
    OCR_MODELS_DIR: '/models',
  });
});
