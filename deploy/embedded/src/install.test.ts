import { execFile, spawn } from 'node:child_process';
import { appendFile, chmod, cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { type TemporaryFolder, temporaryFolder } from '@docusnap/testing';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { processMark, takeLock } from '../lock.mjs';
import { ROOT } from './testing/embedded-run.ts';

const run = promisify(execFile);

/** Stands for npx and pnpm: takes a moment, counts how often it ran and "installs" a Node.js. */
const NPX = `#!/bin/sh
echo "npx $*" >> "$ROOT/calls"
[ -e "$ROOT/offline" ] && { echo 'ERR_PNPM_META_FETCH_FAIL GET https://registry.npmjs.org/zod: EAI_AGAIN'; exit 1; }
sleep 0.3
mkdir -p "$ROOT/node_modules/.bin" && ln -sf "$REAL_NODE" "$ROOT/node_modules/.bin/node"
`;
const GENERATE = `import { appendFileSync, mkdirSync } from 'node:fs';
appendFileSync(process.env.ROOT + '/calls', 'generate\\n');
mkdirSync(process.env.ROOT + '/packages/db/src/generated', { recursive: true });
`;
const BUILD = `import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
appendFileSync(process.env.ROOT + '/calls', 'build\\n');
mkdirSync(process.env.ROOT + '/packages/console/dist', { recursive: true });
writeFileSync(process.env.ROOT + '/packages/console/dist/index.html', '');
`;
const CONSOLE_SOURCES = [
  'packages/console/src/main.tsx',
  'packages/contracts/src/errors.ts',
  'packages/contracts/src/request-errors.ts',
  'packages/contracts/src/job.ts',
  'packages/formats/src/pdf/filled/fill-blanks.ts',
  'deploy/embedded/sample/invoice.jpg',
];

/** A clone in small: the launcher, an empty workspace, and an npx of our own. */
let clone: TemporaryFolder;
beforeEach(async () => {
  clone = await temporaryFolder('clone');
  const at = (path: string): string => join(clone.path, path);
  const folders = [
    'deploy/embedded/sample',
    'packages/db/prisma',
    'packages/console/src',
    'packages/contracts/src',
    'packages/formats/src/pdf/filled',
  ];
  for (const folder of [...folders, 'services', 'bin']) await mkdir(at(folder), { recursive: true });
  for (const file of ['run.mjs', 'launch.mjs', 'install.mjs', 'lock.mjs']) {
    await cp(join(ROOT, 'deploy/embedded', file), at(`deploy/embedded/${file}`));
  }
  for (const file of ['package.json', 'deploy/embedded/package.json', 'packages/db/package.json'])
    await writeFile(at(file), '{}');
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'packages/db/prisma/schema.prisma'])
    await writeFile(at(file), '');
  await writeFile(at('packages/db/generate.mjs'), GENERATE);
  for (const file of CONSOLE_SOURCES) await writeFile(at(file), '');
  await writeFile(at('packages/console/build.mjs'), BUILD);
  await writeFile(at('say.mjs'), "console.log(['ran', ...process.argv.slice(2)].join(' ')); process.exitCode = 7;");
  await writeFile(at('bin/npx'), NPX);
  await chmod(at('bin/npx'), 0o755);
});
afterEach(() => clone.remove());

async function launch(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const { NODE_OPTIONS: _ours, ...inherited } = process.env;
  const PATH = `${join(clone.path, 'bin')}${delimiter}${inherited.PATH}`;
  const env = { ...inherited, PATH, ROOT: clone.path, REAL_NODE: process.execPath };
  try {
    return {
      code: 0,
      ...(await run(process.execPath, [join(clone.path, 'deploy/embedded/run.mjs'), ...args], { env })),
    };
  } catch (error) {
    return error as { code: number; stdout: string; stderr: string };
  }
}

async function calls(): Promise<string[]> {
  const text = await readFile(join(clone.path, 'calls'), 'utf8');
  return text.trimEnd().split('\n');
}

test('the first command installs, with a line for each step; the second neither installs nor needs npx', async () => {
  const first = await launch('say.mjs', 'a', 'b');
  expect(first).toMatchObject({ code: 7, stdout: 'ran a b\n' });
  expect(first.stderr).toBe('Installing packages ...\nGenerating the database client ...\nBuilding the console ...\n');
  expect(await calls()).toEqual([
    expect.stringMatching(/^npx --yes pnpm@[\d.]+ install --frozen-lockfile /),
    'generate',
    'build',
  ]);

  await rm(join(clone.path, 'bin', 'npx'));
  const began = Date.now();
  const second = await launch('say.mjs');
  process.stdout.write(`nothing to install: ${Date.now() - began} ms\n`);
  expect(second).toMatchObject({ code: 7, stdout: 'ran\n', stderr: '' });
  expect(await calls()).toHaveLength(3);
});

test('what changed is done again, and only that', async () => {
  await launch('say.mjs');
  await appendFile(join(clone.path, 'packages/db/prisma/schema.prisma'), 'model Job {}');
  await launch('say.mjs');
  expect((await calls()).slice(3)).toEqual(['generate']);
  await appendFile(join(clone.path, 'packages/console/src/main.tsx'), 'render();');
  await launch('say.mjs');
  expect((await calls()).slice(4)).toEqual(['build']);
  await writeFile(join(clone.path, 'packages/db/package.json'), '{"scripts": {}}');
  await launch('say.mjs');
  expect(await calls()).toHaveLength(5);
  await writeFile(join(clone.path, 'packages/db/package.json'), '{"dependencies": {}}');
  await launch('say.mjs');
  expect((await calls()).slice(5)).toEqual([expect.stringContaining('npx')]);
});

test('commands that start at the same time install once', async () => {
  const both = await Promise.all([launch('say.mjs', '1'), launch('say.mjs', '2'), launch('say.mjs', '3')]);
  expect(both.map((end) => end.stdout)).toEqual(['ran 1\n', 'ran 2\n', 'ran 3\n']);
  expect(await calls()).toHaveLength(3);
});

test('when installing fails it shows what pnpm said and what to do, and runs nothing', async () => {
  await writeFile(join(clone.path, 'offline'), '');
  const end = await launch('say.mjs');
  expect(end).toMatchObject({ code: 1, stdout: '' });
  expect(end.stderr).toContain('ERR_PNPM_META_FETCH_FAIL');
  expect(end.stderr).toContain('Check that this machine reaches registry.npmjs.org');
  expect(end.stderr).not.toMatch(/^ +at /m);
});

test('a signal reaches the script, and its end is the end of the command', async () => {
  await launch('say.mjs');
  await writeFile(
    join(clone.path, 'wait.mjs'),
    "process.on('SIGTERM', () => process.exit(5)); console.log('up'); setInterval(() => {}, 1000);",
  );
  const env = { ...process.env, NODE_OPTIONS: '' };
  const child = spawn(process.execPath, [join(clone.path, 'deploy/embedded/run.mjs'), 'wait.mjs'], { env });
  await new Promise((resolve) => child.stdout.once('data', resolve));
  child.kill('SIGTERM');
  expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(5);
});

test('a lock ends with its process, whatever it says, and counts only in its own folder', async () => {
  const path = join(clone.path, 'lock');
  const { lock } = takeLock(path, '/a');
  expect(takeLock(path, '/a')).toEqual({ holder: process.pid });
  expect(takeLock(path, '/b').lock).toBeDefined();
  lock!.release();

  const passing = spawn('sleep', ['600']);
  const gone = { pid: passing.pid, mark: processMark(passing.pid!) };
  expect(gone.mark).not.toBe(null);
  passing.kill();
  await new Promise((resolve) => passing.once('exit', resolve));
  await writeFile(path, JSON.stringify({ folder: '/a', processes: [gone] }));
  expect(takeLock(path, '/a').lock).toBeDefined();

  // It had ended before it could be written down.
  await writeFile(path, JSON.stringify({ folder: '/a', processes: [{ pid: passing.pid, mark: null }] }));
  expect(takeLock(path, '/a').lock).toBeDefined();

  // The id of a living process, but not the process that took it.
  await writeFile(path, JSON.stringify({ folder: '/a', processes: [{ pid: process.pid, mark: 'another' }] }));
  expect(takeLock(path, '/a').lock).toBeDefined();
});
