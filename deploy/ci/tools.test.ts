import { spawnSync } from 'node:child_process';
import { access, chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from '@jest/globals';

const TOOLS = join(dirname(fileURLToPath(import.meta.url)), 'tools');

/** Programs that answer for a machine of our choice, first on the PATH. */
let machine: string;
beforeEach(async () => {
  machine = await mkdtemp(join(tmpdir(), 'docusnap-machine-'));
});
afterEach(() => rm(machine, { recursive: true }));

async function program(name: string, script: string): Promise<void> {
  await writeFile(join(machine, name), `#!/bin/sh\n${script}\n`);
  await chmod(join(machine, name), 0o755);
}

async function runTools(...args: string[]): Promise<{ code: number | null; said: string; installed: boolean }> {
  await program('apt-get', `touch ${machine}/installed`);
  const env = { ...process.env, PATH: `${machine}:${process.env.PATH}` };
  const { status, stdout, stderr } = spawnSync(TOOLS, args, { env, encoding: 'utf8' });
  const installed = await access(join(machine, 'installed')).then(
    () => true,
    () => false,
  );
  return { code: status, said: stdout + stderr, installed };
}

test('where everything is there it says and does nothing', async () => {
  await program('dpkg-query', 'echo installed');
  expect(await runTools('test')).toEqual({ code: 0, said: '', installed: false });
});

test('it installs nothing and says what is missing when it is not root', async () => {
  await program('dpkg-query', 'case "$*" in *redis*) exit 1;; *) echo installed;; esac');
  await program('id', 'echo 1000');
  const said = 'tools test: not root, so nothing is installed; missing are: redis-server\n';
  expect(await runTools('test')).toEqual({ code: 0, said, installed: false });
});

test('a suite that it does not know is refused', async () => {
  expect(await runTools('tests')).toMatchObject({ code: 2, said: expect.stringContaining('usage'), installed: false });
});
