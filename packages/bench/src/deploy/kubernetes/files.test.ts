import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { readCode } from './code.ts';
import { faultsOfFiles } from './files.ts';

const ROOT = fileURLToPath(new URL('../../../../../', import.meta.url));
/** What the check of files looks at. */
const LOOKED_AT = [
  'k8s',
  'deploy/postgres',
  'deploy/pgbouncer',
  'deploy/redis',
  'deploy/monitoring/rules',
  'package.json',
  '.env.example',
];

const code = await readCode(ROOT);
let copy: string;
beforeEach(async () => {
  copy = await mkdtemp(join(tmpdir(), 'docusnap-files-'));
  const keep = (path: string): boolean => !path.endsWith('/secrets');
  for (const path of LOOKED_AT) await cp(join(ROOT, path), join(copy, path), { recursive: true, filter: keep });
});
afterEach(() => rm(copy, { recursive: true }));

async function change(path: string, from: string, to: string): Promise<void> {
  const before = await readFile(join(copy, path), 'utf8');
  expect(before).toContain(from);
  await writeFile(join(copy, path), before.replace(from, to));
}

test('the files of the repository are without fault', async () => {
  expect(await faultsOfFiles(ROOT, code)).toEqual([]);
  expect(await faultsOfFiles(copy, code)).toEqual([]);
});

test('a copy that is not its original any more is found, and alerts that are not those of monitoring', async () => {
  await change('deploy/redis/redis.conf', 'appendonly yes', 'appendonly no');
  await change('k8s/components/prometheus-operator/alerts.yaml', 'severity: critical', 'severity: none');
  expect(await faultsOfFiles(copy, code)).toEqual([
    'k8s/components/redis/redis.conf is not deploy/redis/redis.conf: copy it again',
    expect.stringContaining('alerts.yaml is not what deploy/monitoring/rules make'),
  ]);
});

test('overlays whose components are out of order, or whose settings are not theirs, are found', async () => {
  await change('k8s/overlays/prod/kustomization.yaml', '  - ../../components/keda\n', '');
  await change('k8s/overlays/prod/kustomization.yaml', 'components:\n', 'components:\n  - ../../components/keda\n');
  await change('k8s/overlays/dev/settings.yaml', 'NAMESPACE: docusnap-dev', 'NAMESPACE: docusnap');
  await change('k8s/overlays/test/settings.yaml', 'ACME_EMAIL', 'EMAIL');
  expect(await faultsOfFiles(copy, code)).toEqual([
    'overlays/dev: NAMESPACE is not its namespace',
    'overlays/test has other settings than overlays/dev',
    expect.stringContaining('overlays/prod lists its components in another order than '),
  ]);
});

test('an image that is not the one of the other way of deployment is found', async () => {
  await change('.env.example', 'redis:', 'valkey/valkey:');
  expect(await faultsOfFiles(copy, code)).toEqual([
    expect.stringContaining('redis.yaml: its image is not REDIS_IMAGE of .env.example'),
  ]);
});

test('an image of another version, a secret in a file and a measure that nobody shows are found', async () => {
  await change('k8s/base/kustomization.yaml', 'newTag: 0.1.0', 'newTag: 0.0.9');
  await change(
    'k8s/base/gateway.env',
    'PORT=8000',
    `DATABASE_URL=${'postgres://docusnap_api'}:hunter2@database/docusnap`,
  );
  await change(
    'k8s/components/prometheus-adapter/values.yaml',
    'matches: docusnap_backlog_seconds',
    'matches: docusnap_backlog_minutes',
  );
  expect(await faultsOfFiles(copy, code)).toEqual([
    'k8s/base/kustomization.yaml: docusnap/gateway is of 0.0.9, and this is 0.1.0',
    'k8s/base/gateway.env holds a secret',
    'k8s/components/prometheus-adapter/values.yaml: no service shows docusnap_backlog_minutes',
  ]);
});
