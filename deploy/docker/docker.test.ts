import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from '@jest/globals';

const run = promisify(execFile);
const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = join(HERE, '..', '..');
const recipe = readFileSync(join(HERE, 'Dockerfile'), 'utf8');

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'docusnap-docker-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function put(path: string, content: unknown = ''): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), typeof content === 'string' ? content : JSON.stringify(content));
}

const script = (name: string, ...args: string[]) => run(process.execPath, [join(HERE, name), ...args], { cwd: folder });
const there = (...paths: string[]): boolean[] => paths.map((path) => existsSync(join(folder, path)));

async function putWorkspace(): Promise<void> {
  await put('package.json', { name: 'docusnap', version: '9.9.9', license: 'Apache-2.0' });
  await put('services/ocr/package.json', { name: '@docusnap/ocr', dependencies: { '@docusnap/used': 'workspace:*' } });
  await put('services/gateway/package.json', { name: '@docusnap/gateway' });
  await put('packages/used/package.json', {
    name: '@docusnap/used',
    devDependencies: { '@docusnap/idle': 'workspace:*' },
  });
  await put('packages/idle/package.json', { name: '@docusnap/idle' });
  await put('packages/idle/dist/index.html');
  await put('deploy/docker/healthcheck.mjs');
  await put('deploy/other/file');
  await put('node_modules/.pnpm/one@1.0.0/node_modules/one/package.json', {
    name: 'one',
    version: '1.0.0',
    license: 'MIT',
  });
  await put('node_modules/.pnpm/one@1.0.0/node_modules/one/types.d.ts');
  await put('node_modules/.pnpm/@a+b@2.0.0/node_modules/@a/b/package.json', {
    name: '@a/b',
    version: '2.0.0',
    license: '(MIT OR Apache-2.0)',
  });
  await symlink('../one@1.0.0/node_modules/one', join(folder, 'node_modules/.pnpm/@a+b@2.0.0/node_modules/one'));
}

test('of a workspace only what a service runs with is kept, and where links lead nothing is removed', async () => {
  await putWorkspace();
  const elsewhere = join(folder, 'node_modules/.pnpm/one@1.0.0/node_modules/one/elsewhere');
  await mkdir(join(folder, 'services/ocr/linked'), { recursive: true });
  await put('services/ocr/linked/kept.map');
  await symlink(join(folder, 'services/ocr/linked'), elsewhere);
  await script('keep.mjs', 'ocr', 'packages/idle/dist');
  const kept = there(
    'packages/used',
    'packages/idle/dist/index.html',
    'services/ocr/linked/kept.map',
    'deploy/docker/healthcheck.mjs',
  );
  expect(kept).toEqual([true, true, true, true]);
  const one = 'node_modules/.pnpm/one@1.0.0/node_modules/one';
  expect(there('services/gateway', 'packages/idle/package.json', 'deploy/other', `${one}/types.d.ts`)).toEqual([
    false,
    false,
    false,
    false,
  ]);
  expect(there(`${one}/package.json`)).toEqual([true]);
});

test('a working tree is left alone', async () => {
  await putWorkspace();
  await put('.git/HEAD');
  await expect(script('keep.mjs', 'ocr')).rejects.toThrow('working tree');
  expect(there('services/gateway')).toEqual([true]);
});

test('the bill of materials lists each installed package once, with its licence, and is the same for the same packages', async () => {
  await putWorkspace();
  const { stdout } = await script('sbom.mjs', 'ocr');
  expect(JSON.parse(stdout)).toMatchObject({
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: expect.stringMatching(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/),
    metadata: { component: { name: 'docusnap/ocr', version: '9.9.9' } },
    components: [
      { name: 'node', version: process.versions.node },
      {
        name: '@a/b',
        version: '2.0.0',
        purl: 'pkg:npm/%40a/b@2.0.0',
        licenses: [{ expression: '(MIT OR Apache-2.0)' }],
      },
      { name: 'one', version: '1.0.0', purl: 'pkg:npm/one@1.0.0', licenses: [{ license: { id: 'MIT' } }] },
    ],
  });
  expect((await script('sbom.mjs', 'ocr')).stdout).toBe(stdout);
});

test('the recipe installs with the pnpm that wrote the lockfile, runs the Node.js of this workspace, and never as root', () => {
  const installer = readFileSync(join(ROOT, 'deploy/embedded/install.mjs'), 'utf8');
  expect(recipe).toContain(`ARG PNPM_VERSION=${/pnpm@([\d.]+)/.exec(installer)?.[1]}\n`);
  expect(recipe).toContain(`ARG BUILD_IMAGE=node:${process.versions.node}-`);
  const bases = [...recipe.matchAll(/^ARG \w+_IMAGE=(.+)$/gm)].map(([, image]) => image as string);
  expect(bases).toHaveLength(3);
  for (const image of bases) expect(image).toMatch(/^[a-z/]+:[^:]*\d+\.\d+/);
  const stages = recipe.split(/^FROM /m).slice(1);
  const final = stages.filter((stage) => /AS (gateway|ocr|ocr-gpu)\n/.test(stage));
  expect(final).toHaveLength(3);
  for (const stage of final) expect(/^base AS/.test(stage) || /^USER 10001:10001$/m.test(stage)).toBe(true);
  expect(stages.find((stage) => / AS base\n/.test(stage))).toMatch(/^USER 10001:10001$/m);
});

test('a gateway has the allocator and the heap that it has in the embedded system, by image and by units', () => {
  const embedded = readFileSync(join(ROOT, 'deploy/embedded/src/services.ts'), 'utf8');
  const [, arenas, heap] =
    /MALLOC_ARENA_MAX: '(\d+)', NODE_OPTIONS: '(--max-semi-space-size=\d+)'/.exec(embedded) ?? [];
  expect(heap).toBeDefined();
  const gateway = recipe.split(/^FROM /m).find((stage) => / AS gateway\n/.test(stage));
  expect(gateway).toMatch(new RegExp(`^ENV MALLOC_ARENA_MAX=${arenas} NODE_OPTIONS=${heap}$`, 'm'));
  for (const unit of ['docusnap-gateway@.service', 'docusnap-understand.service'])
    expect(readFileSync(join(ROOT, 'deploy/systemd', unit), 'utf8')).toMatch(
      new RegExp(`^Environment=MALLOC_ARENA_MAX=${arenas}\nEnvironment=NODE_OPTIONS=${heap}$`, 'm'),
    );
});

test('an ocr service has the heap that it has in the embedded system, by both images and by unit', () => {
  const embedded = readFileSync(join(ROOT, 'deploy/embedded/src/services.ts'), 'utf8');
  const [, heap] = /OCR_HEAP = \{ NODE_OPTIONS: '(.+)'/.exec(embedded) ?? [];
  expect(heap).toMatch(/^--max-semi-space-size=\d+$/);
  const stages = recipe.split(/^FROM /m).filter((stage) => / AS ocr(-gpu)?\n/.test(stage));
  expect(stages).toHaveLength(2);
  for (const stage of stages) expect(stage).toMatch(new RegExp(`^ENV (.* )?NODE_OPTIONS=${heap}$`, 'm'));
  const unit = readFileSync(join(ROOT, 'deploy/systemd/docusnap-ocr.service'), 'utf8');
  expect(unit).toMatch(new RegExp(`^Environment=NODE_OPTIONS=${heap}$`, 'm'));
});
