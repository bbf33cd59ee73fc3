import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from '@jest/globals';

const ROLLOUT = dirname(fileURLToPath(import.meta.url));
const DIGEST = `sha256:${'ab'.repeat(32)}`;
const URL = 'https://docusnap.example';

/** A machine whose `docker` and `kubectl` note how they are called, and fail where they are told to. */
let machine: string;
beforeEach(async () => {
  machine = await mkdtemp(join(tmpdir(), 'docusnap-rollout-'));
  await mkdir(join(machine, 'releases'));
  await writeFile(join(machine, 'env'), 'GATEWAY_IMAGE=gateway:before\nOCR_IMAGE=ocr:before\nOTHER=kept\n');
  for (const version of ['1.0.0', '1.1.0']) {
    const images = `GATEWAY_IMAGE=r.example/gateway@${DIGEST}\nOCR_IMAGE=r.example/ocr@${DIGEST}\n`;
    await writeFile(join(machine, 'releases', `${version}.env`), `VERSION=${version}\n${images}`);
  }
  const note = 'printf "%s\\n" "$*" >>"$MACHINE/calls"\ncase "$*" in *"$FAIL_AT"*) exit 1 ;; esac\n';
  await program('docker', `${note}case "$*" in *--active) echo blue ;; buildx*) echo "$DIGEST" ;; esac`);
  const manifests = 'kind: Deployment\\nmetadata:\\n  name: gateway\\n---\\nkind: Rollout\\nmetadata:\\n  name: ocr\\n';
  await program(
    'kubectl',
    `${note}case "$*" in kustomize*) cat "$2/kustomization.yaml" >>"$MACHINE/built"; printf '${manifests}' ;;` +
      ' *annotations*/release*|*annotations*io/release*) echo 1.0.0 ;; *conditions*) echo "Complete=True " ;; esac',
  );
  await program('smoke', 'printf "smoke %s\\n" "$1" >>"$MACHINE/calls"\n[ -z "$SMOKE_FAILS" ]');
});
afterEach(() => rm(machine, { recursive: true }));

async function program(name: string, script: string): Promise<void> {
  await writeFile(join(machine, name), `#!/bin/sh\n${script}\n`);
  await chmod(join(machine, name), 0o755);
}

function call(name: string, args: readonly string[], variables: Record<string, string> = {}) {
  const env = {
    PATH: `${machine}:${process.env.PATH}`,
    MACHINE: machine,
    FAIL_AT: 'nothing',
    SMOKE_FAILS: '',
    DIGEST,
    RELEASES: join(machine, 'releases'),
    ROLLOUT_STATE: join(machine, 'state'),
    ENV_FILE: join(machine, 'env'),
    SMOKE: join(machine, 'smoke'),
    DRAIN_SECONDS: '0',
    DOCUSNAP_API_KEY: 'ds_test',
    ...variables,
  };
  const { status, stdout, stderr } = spawnSync(join(ROLLOUT, name), args, { env, encoding: 'utf8' });
  return { status, stdout, stderr };
}

/** What was called, without the words that every call has. */
async function calls(): Promise<string[]> {
  const text = await readFile(join(machine, 'calls'), 'utf8').catch(() => '');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.replace(/^compose --project-directory \S+ --env-file \S+ /, '').replace('/deploy/proxy/', ''));
}

async function unusedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

const UP = 'up --detach --no-deps --wait --wait-timeout 180';
const environment = () => readFile(join(machine, 'env'), 'utf8');

test('a deploy by compose migrates, lets a second side serve and be asked, and exchanges the first meanwhile', async () => {
  expect(call('deploy', ['compose', '1.1.0', '--url', URL])).toMatchObject({ status: 0 });
  expect(await calls()).toEqual([
    'exec -T proxy switch --active',
    'pull --quiet gateway ocr',
    'run --rm --no-deps migrate',
    `${UP} gateway-green`,
    'exec -T proxy switch green gateway-green:8000',
    `smoke ${URL}`,
    `${UP} gateway ocr understand`,
    'exec -T proxy switch blue gateway:8000',
    `smoke ${URL}`,
    'stop gateway-green',
    'exec -T proxy switch --retire green',
  ]);
  expect(await environment()).toBe(
    `OTHER=kept\nGATEWAY_IMAGE=r.example/gateway@${DIGEST}\nOCR_IMAGE=r.example/ocr@${DIGEST}\n`,
  );
  expect(await readFile(join(machine, 'state', 'releases'), 'utf8')).toContain('CURRENT=1.1.0\n');
});

test.each([
  ['the migration', ' migrate'],
  ['the health of the second side', 'up --detach'],
])('where %s fails a deploy touches nothing that serves, and .env is as before', async (_what, at) => {
  expect(call('deploy', ['compose', '1.1.0', '--url', URL], { FAIL_AT: at })).toMatchObject({ status: 1 });
  const called = await calls();
  expect(called.filter((line) => line.includes('switch green') || line.startsWith(`${UP} gateway `))).toEqual([]);
  expect(called).toContain('stop gateway-green');
  expect((await environment()).split('\n').sort()).toEqual([
    '',
    'GATEWAY_IMAGE=gateway:before',
    'OCR_IMAGE=ocr:before',
    'OTHER=kept',
  ]);
});

test('a deploy whose smoke test fails goes back to what still runs, and then stops what it had started', async () => {
  expect(call('deploy', ['compose', '1.1.0', '--url', URL], { SMOKE_FAILS: 'yes' })).toMatchObject({ status: 1 });
  expect((await calls()).slice(-4)).toEqual([
    `smoke ${URL}`,
    'exec -T proxy switch blue gateway:8000',
    'stop gateway-green',
    'exec -T proxy switch --retire green',
  ]);
});

test('a rollout that was cut off is taken back to the images that served, once these are healthy, before another begins', async () => {
  await mkdir(join(machine, 'state'));
  await writeFile(join(machine, 'state', 'releases'), 'CURRENT=1.0.0\n');
  // Killed where the new version serves at the second side, and .env names it.
  await program('smoke', 'kill -9 "$PPID"');
  expect(call('deploy', ['compose', '1.1.0', '--url', URL]).status).toBe(null);
  expect(await environment()).toContain(`OCR_IMAGE=r.example/ocr@${DIGEST}`);
  const beforeThat = (await calls()).length;

  await program('smoke', 'exit 1');
  expect(call('deploy', ['compose', '1.0.0', '--url', URL]).status).toBe(1);
  expect((await calls()).slice(beforeThat, beforeThat + 4)).toEqual([
    `${UP} gateway ocr understand`,
    'exec -T proxy switch blue gateway:8000',
    'stop gateway-green',
    'exec -T proxy switch --retire green',
  ]);
  expect(await environment()).toContain('OCR_IMAGE=ocr:before\n');

  await program('smoke', 'exit 0');
  expect(call('deploy', ['compose', '1.0.0', '--url', URL]).stderr).toContain('release 1.0.0 serves already');
});

test('where the profile gpu is on, its service is exchanged too', async () => {
  await writeFile(join(machine, 'env'), `${await environment()}COMPOSE_PROFILES=ha,gpu\nOCR_GPU_IMAGE=gpu:before\n`);
  expect(call('deploy', ['compose', '1.1.0', '--url', URL]).stderr).toContain('has no OCR_GPU_IMAGE');
  const release = join(machine, 'releases', '1.1.0.env');
  await writeFile(release, `${await readFile(release, 'utf8')}OCR_GPU_IMAGE=r.example/ocr-gpu@${DIGEST}\n`);
  expect(call('deploy', ['compose', '1.1.0', '--url', URL])).toMatchObject({ status: 0 });
  expect(await calls()).toContain('pull --quiet gateway ocr ocr-gpu');
  expect(await calls()).toContain(`${UP} gateway ocr understand ocr-gpu`);
});

test('a rollback brings the release back that served before, without a migration', async () => {
  await mkdir(join(machine, 'state'));
  await writeFile(join(machine, 'state', 'releases'), 'CURRENT=1.1.0\nPREVIOUS=1.0.0\n');
  const { status, stderr } = call('rollback', ['compose', '--url', URL]);
  expect(stderr).toContain('release 1.0.0 serves again');
  expect(status).toBe(0);
  expect((await calls()).filter((line) => line.includes('migrate'))).toEqual([]);
});

test('a dry run prints what would be done, and does nothing', async () => {
  const before = await environment();
  const { status, stdout } = call('deploy', ['compose', '1.1.0', '--url', URL, '--dry-run']);
  expect(status).toBe(0);
  expect(stdout).toContain('+ docker compose run --rm --no-deps migrate\n');
  expect(stdout).toContain('+ docker compose exec -T proxy /deploy/proxy/switch green gateway-green:8000\n');
  expect(await calls()).toEqual([]);
  expect(await environment()).toBe(before);
});

test('a release whose images are named by tags is refused', async () => {
  await writeFile(join(machine, 'releases', '1.2.0.env'), 'GATEWAY_IMAGE=r.example/gateway:latest\n');
  const { status, stderr } = call('deploy', ['compose', '1.2.0', '--url', URL]);
  expect(status).toBe(1);
  expect(stderr).toContain('names no image by its digest');
});

test('a release is made of the digests that the registry has, once', async () => {
  expect(call('release', ['3.0.0', 'r.example/docusnap'])).toMatchObject({ status: 0 });
  const file = await readFile(join(machine, 'releases', '3.0.0.env'), 'utf8');
  expect(file).toContain(`OCR_GPU_IMAGE=r.example/docusnap/ocr-gpu@${DIGEST}\n`);
  expect(call('release', ['3.0.0', 'r.example/docusnap']).stderr).toContain('fixed once');
  expect(call('release', ['3.0.1', 'r.example/docusnap'], { DIGEST: 'none' })).toMatchObject({ status: 1 });
});

test('a deploy to a cluster applies the overlay by digests, waits for the migration and for what it exchanges, and asks', async () => {
  const { status, stderr } = call('deploy', ['kubectl', '1.1.0', '--url', URL, '--overlay', 'prod']);
  expect(stderr).toContain('release 1.1.0 serves');
  expect(status).toBe(0);
  const built = await readFile(join(machine, 'built'), 'utf8');
  expect(built).toContain(`{ name: docusnap/gateway, newName: "r.example/gateway", digest: "${DIGEST}" }`);
  const order = (await calls()).filter((line) => !/^(get|kustomize)|conditions/.test(line));
  expect(
    order.map((line) => line.replace(/^--namespace \S+ /, '').replace(/--filename \S+/, '--filename FILE')),
  ).toEqual([
    'delete job --selector docusnap.io/component=migrate --ignore-not-found --wait',
    'apply --filename FILE',
    'rollout status deployment/gateway --timeout 900s',
    'argo rollouts status ocr --timeout 900s --namespace docusnap-prod',
    `smoke ${URL}`,
    'annotate namespace docusnap-prod --overwrite docusnap.io/release=1.1.0 docusnap.io/previous-release=1.0.0',
  ]);
});

test('an installation without a way in is asked through the cluster', async () => {
  const listen = 'require("net").createServer().listen(process.argv[1])';
  const kubectl = await readFile(join(machine, 'kubectl'), 'utf8');
  const forward = `case "$*" in *port-forward*) exec '${process.execPath}' -e '${listen}' "\${5%%:*}" ;; esac\n`;
  await writeFile(join(machine, 'kubectl'), `${kubectl}${forward}`);
  const port = await unusedPort();
  const there = `http://127.0.0.1:${port}`;
  expect(call('deploy', ['kubectl', '1.1.0', '--url', there, '--overlay', 'dev'])).toMatchObject({ status: 0 });
  const called = await calls();
  expect(called).toContain(`--namespace docusnap-dev port-forward service/gateway ${port}:8000`);
  expect(called).toContain(`smoke ${there}`);
  // What forwarded is gone.
  await expect(fetch(there)).rejects.toThrow();
});

test('a deploy to a cluster that fails applies the release again that was there', async () => {
  const args = ['kubectl', '1.1.0', '--url', URL, '--overlay', 'prod'];
  const { status, stderr } = call('deploy', args, { SMOKE_FAILS: 'yes' });
  expect(status).toBe(1);
  expect(stderr).toContain('going back to 1.0.0');
  const called = await calls();
  expect(called.filter((line) => line.includes(' apply '))).toHaveLength(2);
  expect(called.filter((line) => line.includes('annotate'))).toEqual([]);
});
