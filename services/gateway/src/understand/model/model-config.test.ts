import { newMasterKey } from '@docusnap/blobs';
import { readConfig } from '@docusnap/runtime';
import { expect, test } from '@jest/globals';
import { GatewayConfig } from '../../config.ts';
import { modelConfigOf } from './model-config.ts';

const NEEDED = { DATABASE_URL: 'a', DATABASE_WORKER_URL: 'b', BLOB_DIR: 'c', MASTER_KEY: newMasterKey('k') };
const modelOf = (env: Record<string, string>) => modelConfigOf(readConfig(GatewayConfig, { ...NEEDED, ...env }));

test('where the environment names no language model there is none', () => {
  expect(modelOf({})).toBeNull();
});

test('address and name make one; the rest has defaults', () => {
  expect(modelOf({ LLM_BASE_URL: 'http://127.0.0.1:11434/v1', LLM_MODEL: 'qwen3' })).toEqual({
    baseUrl: 'http://127.0.0.1:11434/v1',
    model: 'qwen3',
    apiKey: null,
    contextTokens: 8192,
    timeoutSeconds: 120,
    vision: false,
  });
  const more = { LLM_API_KEY: 's', LLM_CONTEXT_TOKENS: '32768', LLM_TIMEOUT_SECONDS: '600' };
  expect(modelOf({ LLM_BASE_URL: 'https://api.openai.com/v1', LLM_MODEL: 'x', ...more })).toMatchObject({
    apiKey: 's',
    contextTokens: 32_768,
    timeoutSeconds: 600,
    vision: false,
  });
});

test.each([{ LLM_BASE_URL: 'http://127.0.0.1/v1' }, { LLM_MODEL: 'x' }])('%j alone is refused', (env) => {
  expect(() => modelOf(env as Record<string, string>)).toThrow('LLM_BASE_URL and LLM_MODEL belong together');
});

test.each([{ LLM_BASE_URL: 'ftp://host/v1' }, { LLM_CONTEXT_TOKENS: '100' }, { LLM_TIMEOUT_SECONDS: '0' }])(
  '%j is refused',
  (env) => {
    expect(() => modelOf(env as unknown as Record<string, string>)).toThrow(Object.keys(env)[0]);
  },
);
