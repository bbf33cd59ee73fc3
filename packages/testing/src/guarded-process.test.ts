import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { temporaryFolder } from './folders.ts';
import { startGuarded } from './guarded-process.ts';

const GUARDED = join(dirname(fileURLToPath(import.meta.url)), 'guarded-process.ts');

test('a server ends, and its folder goes, when the process that started it is killed', async () => {
  const folder = await temporaryFolder();
  const owner = spawn(
    process.execPath,
    [
      '--input-type=module',
      '--eval',
      `const { startGuarded } = await import(${JSON.stringify(GUARDED)});
       const server = await startGuarded(['sleep', '600'], { removeFolder: '${folder.path}', stopSignal: 'KILL', runAs: null, cwd: '/' });
       console.log(server.pid);`,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const [line] = (await once(owner.stdout, 'data')) as [Buffer];
  const pid = Number(line.toString());
  expect(isRunning(pid)).toBe(true);
  owner.kill('SIGKILL');
  // Nothing tells of the end of a process that is not one's own child.
  while (isRunning(pid) || existsSync(folder.path)) await new Promise((resolve) => setTimeout(resolve, 10));
});

test('a program that does not exist is an error with its name', async () => {
  const server = await startGuarded(['no-such-program'], {
    removeFolder: '',
    stopSignal: 'KILL',
    runAs: null,
    cwd: '/',
  });
  const { code, output } = await server.ended;
  expect(code).toBe(127);
  expect(output).toContain('no-such-program');
});

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    // No such process: the answer.
    return false;
  }
}
