import { expect, test } from '@jest/globals';
import { preparationEnvironment, readerEnvironment, readOcrConfig } from './config.ts';

const LEAST = { DATABASE_WORKER_URL: 'postgres://x', BLOB_DIR: '/blobs', MASTER_KEY: 'a:b' };

test('with the least that must be set, the rest has its defaults', () => {
  expect(readOcrConfig(LEAST)).toMatchObject({ HOST: '127.0.0.1', PORT: 5001, OCR_EXECUTION_PROVIDER: 'cpu' });
  expect(readOcrConfig({ ...LEAST, OCR_READERS: '3' }).OCR_READERS).toBe(3);
});

test('every problem is named, and no value is shown', () => {
  const broken = { PORT: 'abc', OCR_EXECUTION_PROVIDER: 'tpu', MASTER_KEY: 'secret' };
  expect(() => readOcrConfig(broken)).toThrow(
    /PORT[\s\S]*DATABASE_WORKER_URL[\s\S]*BLOB_DIR[\s\S]*OCR_EXECUTION_PROVIDER/,
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
