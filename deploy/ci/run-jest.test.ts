import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { runJest } from './run-jest.ts';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const JEST = join(ROOT, 'node_modules', '.bin', 'jest');

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'docusnap-run-jest-'));
  await writeFile(join(folder, 'passes.test.js'), `test('passes', () => {});`);
});
afterEach(() => rm(folder, { recursive: true }));

/** Jest itself, on what the folder holds. */
const run = () =>
  runJest([], ROOT, async (args, results) => {
    const all = ['--json', `--outputFile=${results}`, '--rootDir', folder, '--config', '{}', '-w', '2', ...args];
    const jest = spawn(JEST, all, { stdio: 'ignore', env: { ...process.env, NODE_OPTIONS: '' } });
    const [code] = await once(jest, 'exit');
    return code ?? 1;
  });

test('a file whose worker process a signal ended is run once more, and named', async () => {
  const mark = JSON.stringify(join(folder, 'once'));
  await writeFile(
    join(folder, 'dies.test.js'),
    `const fs = require('node:fs');
     test('passes the second time', () => {
       if (fs.existsSync(${mark})) return;
       fs.writeFileSync(${mark}, '');
       process.kill(process.pid, 'SIGKILL');
       while (true);
     });`,
  );
  const { code, counts, again } = await run();
  expect({ code, counts }).toEqual({ code: 0, counts: { passed: 2, failed: 0, skipped: 0 } });
  expect(again.map(({ file, signal }) => [basename(file), signal])).toEqual([['dies.test.js', 'SIGKILL']]);
});

test('what is ended twice has failed, and so has what fails by itself: that is run once', async () => {
  const count = JSON.stringify(join(folder, 'count'));
  await writeFile(
    join(folder, 'dies.test.js'),
    `test('dies', () => { process.kill(process.pid, 'SIGKILL'); while (true); });`,
  );
  await writeFile(
    join(folder, 'fails.test.js'),
    `const fs = require('node:fs');
     test('fails', () => { fs.appendFileSync(${count}, '.'); expect(fs.readFileSync(${count}, 'utf8')).toBe('..'); });`,
  );
  const { code, counts, again } = await run();
  expect(code).not.toBe(0);
  expect(counts).toEqual({ passed: 1, failed: 2, skipped: 0 });
  expect(again).toHaveLength(1);
});

test('a Jest that ran nothing has failed', async () => {
  const { code, counts, again } = await runJest([], ROOT, async () => 1);
  expect({ code, counts, again }).toEqual({ code: 1, counts: { passed: 0, failed: 1, skipped: 0 }, again: [] });
});
