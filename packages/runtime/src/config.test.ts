import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { ConfigError, describeConfig, readConfig } from './config.ts';

const Schema = z.object({
  HOST: z.string().default('127.0.0.1').describe('Address to listen on.'),
  PORT: z.coerce.number().int().min(0).max(65_535).default(8_000).describe('Port to listen on.'),
  DATABASE_URL: z.url().describe('Where the database is.'),
  REDIS_URL: z.url().optional().describe('Where Redis is.'),
  MASTER_KEY: z
    .string()
    .describe('The key.')
    .transform((text, context) => {
      if (text.startsWith('k1:')) return { id: 'k1' };
      context.addIssue({ code: 'custom', message: 'the master key is not of the form id:base64' });
      return z.NEVER;
    }),
  LOG_LEVEL: z.enum(['info', 'warn']).default('info'),
});
const good = { DATABASE_URL: 'postgres://h/d', MASTER_KEY: 'k1:secret' };

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'docusnap-config-'));
});
afterAll(() => rm(folder, { recursive: true }));

function failure(env: Record<string, string>): string {
  try {
    readConfig(Schema, env);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as ConfigError).message;
  }
  throw new Error('it was read');
}

describe('reading the configuration', () => {
  test('takes values from the environment, in their types, and defaults for the rest', () => {
    expect(readConfig(Schema, { ...good, PORT: '9000', UNRELATED: 'x' })).toEqual({
      HOST: '127.0.0.1',
      PORT: 9_000,
      DATABASE_URL: 'postgres://h/d',
      MASTER_KEY: { id: 'k1' },
      LOG_LEVEL: 'info',
    });
  });

  test('takes an empty value as not set', () => {
    expect(readConfig(Schema, { ...good, PORT: '', REDIS_URL: '' })).toMatchObject({ PORT: 8_000 });
    expect(failure({ ...good, DATABASE_URL: '' })).toContain('DATABASE_URL is not set');
  });

  test('takes a value from the file that NAME_FILE names, unless NAME is set too', async () => {
    const file = join(folder, 'key');
    await writeFile(file, 'k1:from-the-file\n');
    const { DATABASE_URL } = good;
    expect(readConfig(Schema, { DATABASE_URL, MASTER_KEY_FILE: file, MASTER_KEY: '' }).MASTER_KEY).toEqual({
      id: 'k1',
    });
    await writeFile(file, 'wrong');
    expect(readConfig(Schema, { ...good, MASTER_KEY_FILE: file }).MASTER_KEY).toEqual({ id: 'k1' });
  });

  test('tells every problem at once, each by its variable, and what the variable is for', () => {
    const message = failure({ PORT: '80x', DATABASE_URL: 'nonsense', LOG_LEVEL: 'loud' });
    expect(message.split('\n')).toEqual([
      'The configuration cannot be used:',
      expect.stringMatching(/^ {2}- PORT cannot be used: .*number/),
      expect.stringMatching(/^ {2}- DATABASE_URL cannot be used: .*URL/),
      '  - MASTER_KEY is not set (The key.); MASTER_KEY_FILE may name a file that holds it',
      expect.stringMatching(/^ {2}- LOG_LEVEL cannot be used: .*"info"\|"warn"/),
    ]);
  });

  test('never shows a value', () => {
    const message = failure({
      DATABASE_URL: 'u:hunter2',
      MASTER_KEY: 'hunter2',
      PORT: 'hunter2',
      LOG_LEVEL: 'hunter2',
    });
    expect(message).toContain('the master key is not of the form id:base64');
    expect(message).not.toContain('hunter2');
  });

  test('says which file cannot be read, once', () => {
    const message = failure({ ...good, MASTER_KEY: '', MASTER_KEY_FILE: join(folder, 'nowhere') });
    expect(message.match(/MASTER_KEY/g)).toHaveLength(1);
    expect(message).toContain('MASTER_KEY_FILE names a file that cannot be read: ENOENT');
  });
});

test('describing the configuration gives every variable with its use, default and whether it must be set', () => {
  expect(describeConfig(Schema)).toEqual([
    { name: 'HOST', description: 'Address to listen on.', required: false, default: '127.0.0.1' },
    { name: 'PORT', description: 'Port to listen on.', required: false, default: '8000' },
    { name: 'DATABASE_URL', description: 'Where the database is.', required: true, default: null },
    { name: 'REDIS_URL', description: 'Where Redis is.', required: false, default: null },
    { name: 'MASTER_KEY', description: 'The key.', required: true, default: null },
    { name: 'LOG_LEVEL', description: '', required: false, default: 'info' },
  ]);
});
