import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';

/** The rules of the house that a program can check. */

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const ROOMS = ['packages', 'services'].flatMap((floor) =>
  readdirSync(join(ROOT, floor)).map((name) => ({ floor, name, folder: join(floor, name) })),
);
const PURE = ['contracts', 'engine', 'extraction', 'formats'];
const IMPURE_LIBRARIES = /^(sharp|onnxruntime|bullmq|ioredis|pg$|prisma|@prisma|express|openai|pino|prom-client)/;

const manifest = (folder: string): { name: string; dependencies?: Record<string, string> } =>
  JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8'));
const dependenciesOf = (folder: string): string[] => Object.keys(manifest(folder).dependencies ?? {});

const tracked = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: ROOT,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file && !file.includes('/generated/'))
  // What was deleted stays listed until that is committed.
  .filter((file) => existsSync(join(ROOT, file)));
const sources = tracked.filter((file) => /^(packages|services|deploy)\/.*\.(tsx?|mjs)$/.test(file));

test('arrows point down: no package depends on a service, no service on a service', () => {
  const services = ROOMS.filter((room) => room.floor === 'services').map((room) => manifest(room.folder).name);
  for (const room of ROOMS) {
    for (const service of services) expect(dependenciesOf(room.folder)).not.toContain(service);
  }
  expect(dependenciesOf('packages/contracts')).toEqual(['zod']);
});

test('pure packages declare contracts and pure libraries only, and import no Node module that does I/O', () => {
  for (const room of ROOMS.filter((r) => r.floor === 'packages' && PURE.includes(r.name))) {
    for (const name of dependenciesOf(room.folder)) {
      expect(name).not.toMatch(IMPURE_LIBRARIES);
      if (name.startsWith('@docusnap/')) expect(name).toBe('@docusnap/contracts');
    }
    const own = sources.filter((file) => file.startsWith(`${room.folder}/src/`) && !file.endsWith('.test.ts'));
    for (const file of own) {
      expect([
        file,
        readFileSync(join(ROOT, file), 'utf8').match(
          /from 'node:[^']+'|\bprocess\.[a-z]+[(.]|Date\.now|performance\./g,
        ),
      ]).toEqual([file, null]);
    }
  }
});

test('no room depends on the development-only packages but by devDependencies', () => {
  for (const room of ROOMS.filter((r) => !['testing', 'bench'].includes(r.name))) {
    expect(dependenciesOf(room.folder)).not.toContain('@docusnap/testing');
    expect(dependenciesOf(room.folder)).not.toContain('@docusnap/bench');
  }
});

test('the gateway has neither sharp nor onnxruntime', () => {
  for (const name of dependenciesOf('services/gateway')) expect(name).not.toMatch(/sharp|onnxruntime/);
});

test('no file is longer than 300 lines', () => {
  const long = sources.filter((file) => readFileSync(join(ROOT, file), 'utf8').split('\n').length > 301);
  expect(long).toEqual([]);
});

test('no file or folder has a name that says nothing', () => {
  const vague = /^(utils?|helpers?|common|shared|base|misc|managers?)(\.|$)/;
  const found = sources.filter((file) =>
    [...dirname(file).split('/'), basename(file)].some((part) => vague.test(part)),
  );
  expect(found).toEqual([]);
});

test('only main.ts and config.ts of the services and packages read the environment or end the process', () => {
  const found = sources
    .filter((file) => /^(packages|services)\//.test(file) && !/\/(testing|bench)\//.test(file))
    .filter((file) => !/(^|\/)(main|config)\.ts$|\.test\.ts$|\.mjs$|\/fixtures\//.test(file))
    .filter((file) => /process\.(env|exit\b)/.test(readFileSync(join(ROOT, file), 'utf8')));
  expect(found).toEqual([]);
});

test('the root holds only what it should', () => {
  const allowed = [
    '.ci',
    '.dockerignore',
    '.env.example',
    '.gitignore',
    'LICENSE',
    'NOTICE',
    'README.md',
    'SECURITY.md',
    'biome.json',
    'deploy',
    'docker-compose.yml',
    'jest.config.js',
    'k8s',
    'package.json',
    'packages',
    'pnpm-lock.yaml',
    'pnpm-workspace.yaml',
    'services',
    'tsconfig.json',
  ];
  const found = new Set(tracked.map((file) => file.split('/')[0] as string));
  expect([...found].filter((name) => !allowed.includes(name))).toEqual([]);
});
