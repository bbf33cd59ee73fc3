import { EventEmitter } from 'node:events';
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { z } from 'zod';
import type { Logger } from './log.ts';
import { RELOAD_VARIABLES, readReloadable, startReloading } from './reload.ts';

const schema = z.object({
  LOG_LEVEL: z.enum(['info', 'warn', 'debug']).default('info'),
  MOST: z.coerce.number().int().positive().default(1),
  SECRET: z.string().default('none'),
  PORT: z.coerce.number().default(80),
  ...RELOAD_VARIABLES,
});
const reloadable = ['LOG_LEVEL', 'MOST', 'SECRET'];
const LOOK_MS = 20;

let folder: string;
let env: Record<string, string>;
let host: EventEmitter;
let said: string[];
let inForce: unknown[];
let stop: () => Promise<void>;

const at = (name: string): string => join(folder, name);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'docusnap-reload-'));
  env = { CONFIG_FILE: at('config'), PORT: '1', MOST: '5' };
  host = new EventEmitter();
  said = [];
  inForce = [];
  stop = async () => undefined;
});
afterEach(async () => {
  await stop();
  await rm(folder, { recursive: true });
});

function start(fail?: () => void): void {
  const log = {
    info: (...words: unknown[]) => void said.push(JSON.stringify(words)),
    error: (...words: unknown[]) => void said.push(JSON.stringify(words)),
  } as unknown as Logger;
  const options = { schema, env, reloadable, log, everyMs: LOOK_MS, host: host as unknown as NodeJS.Process };
  const config = readReloadable(options);
  const prepare = async (next: { LOG_LEVEL: string; MOST: number; SECRET: string }) => {
    fail?.();
    return () => void inForce.push([next.LOG_LEVEL, next.MOST, next.SECRET]);
  };
  ({ stop } = startReloading({ ...options, config, prepare }));
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await pause(LOOK_MS);
}

/** As Kubernetes mounts a ConfigMap: the file is a link through a folder that is exchanged as one. */
async function mount(content: string, version: string): Promise<void> {
  await mkdir(at(version));
  await writeFile(join(at(version), 'config'), content);
  await symlink(version, at('..data_tmp'));
  await rename(at('..data_tmp'), at('..data'));
}

test('what the file says goes before the environment, and a changed link is followed', async () => {
  await mount('# comment\nMOST=7\n', 'one');
  await symlink('..data/config', at('config'));
  expect(readReloadable({ schema, env, reloadable })).toMatchObject({ MOST: 7, PORT: 1 });
  start();
  await mount('LOG_LEVEL=warn\n', 'two');
  await until(() => inForce.length === 1);
  expect(inForce).toEqual([['warn', 5, 'none']]);
  expect(said).toEqual([expect.stringContaining('"changed":["LOG_LEVEL","MOST"]')]);
});

test('a file that cannot be used is refused whole with a line that says why, and the one before stays', async () => {
  await writeFile(at('config'), 'MOST=7\n');
  start();
  await writeFile(at('config'), 'LOG_LEVEL=warn\nMOST=many\n');
  await until(() => said.length === 1);
  await writeFile(at('config'), 'LOG_LEVEL=warn\nPORT=2\n');
  await until(() => said.length === 2);
  expect(inForce).toEqual([]);
  expect(said[0]).toMatch(/MOST cannot be used.*the one before stays in force/);
  expect(said[1]).toContain('sets PORT, which cannot be changed while it runs');
  expect(said.join()).not.toContain('many');
  await writeFile(at('config'), 'LOG_LEVEL=warn\n');
  await until(() => inForce.length === 1);
  expect(() => readReloadable({ schema, env: { CONFIG_FILE: at('none') }, reloadable })).toThrow('cannot be read');
});

test('SIGHUP asks for it at once, also where only files of secrets can change', async () => {
  await writeFile(at('secret'), 'first\n');
  env = { SECRET_FILE: at('secret') };
  start();
  host.emit('SIGHUP');
  await until(() => said.length === 1);
  expect(said[0]).toContain('nothing has changed');
  await writeFile(at('secret'), 'second\n');
  host.emit('SIGHUP');
  await until(() => inForce.length === 1);
  expect(inForce).toEqual([['info', 1, 'second']]);
  await writeFile(at('secret'), 'third\n');
  await until(() => inForce.length === 2);
  expect(said.join()).not.toMatch(/first|second|third/);
});

test('what fails by a passing fault changes nothing and is tried again until it is in force, after a rest or when asked to', async () => {
  await writeFile(at('config'), '');
  const faults = [new Error('the key service is away')];
  let tries = 0;
  start(() => {
    tries += 1;
    const [fault] = faults;
    if (fault) throw fault;
  });
  await writeFile(at('config'), 'MOST=2\n');
  await until(() => said.length === 1);
  expect(said[0]).toMatch(/not in force yet.*tried again/);
  host.emit('SIGHUP');
  await until(() => said.length === 2);
  await pause(5 * LOOK_MS);
  expect([inForce, tries]).toEqual([[], 2]);
  faults.pop();
  await until(() => inForce.length === 1);
  expect(inForce).toEqual([['info', 2, 'none']]);
  await pause(20 * LOOK_MS);
  expect(tries).toBe(3);
});
