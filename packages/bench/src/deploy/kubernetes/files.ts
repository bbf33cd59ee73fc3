import { execFile } from 'node:child_process';
import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { z } from 'zod';
import { ALERTS, alertsForOperator } from './alerts.ts';
import type { Code } from './code.ts';
import { ORDER } from './combinations.ts';
import { measuresIn } from './policies/code.ts';

export const OVERLAYS = ['dev', 'test', 'staging', 'prod'] as const;

/** Files that both ways of deployment run with; kustomize takes none from outside its own folder. */
const COPIES: Readonly<Record<string, string>> = {
  'k8s/components/embedded-data/postgres/postgresql.conf': 'deploy/postgres/postgresql.conf',
  'k8s/components/pgbouncer/pgbouncer.ini': 'deploy/pgbouncer/pgbouncer.ini',
  'k8s/components/pgbouncer/start': 'deploy/pgbouncer/start',
  'k8s/components/redis/redis.conf': 'deploy/redis/redis.conf',
  'k8s/components/redis/start': 'deploy/redis/start',
};

const Kustomization = z.looseObject({
  namespace: z.string().optional(),
  components: z.array(z.string()).default([]),
  images: z.array(z.looseObject({ name: z.string(), newTag: z.string().optional() })).default([]),
});
const Settings = z.looseObject({ data: z.record(z.string(), z.string()) });

/** What is wrong with the files of k8s/ before anything is built of them. */
export async function faultsOfFiles(root: string, code: Code): Promise<string[]> {
  const text = (path: string): Promise<string> => readFile(join(root, path), 'utf8');
  const faults = await Promise.all([
    faultsOfCopies(text),
    faultsOfAlerts(root, text),
    faultsOfOverlays(text),
    faultsOfVersions(root, text),
    faultsOfSecrets(root, text),
    faultsOfMeasures(text, code),
    faultsOfImages(text),
  ]);
  return faults.flat();
}

type Text = (path: string) => Promise<string>;

async function faultsOfCopies(text: Text): Promise<string[]> {
  const compared = await Promise.all(
    Object.entries(COPIES).map(async ([copy, original]) => ({
      copy,
      original,
      same: (await text(copy)) === (await text(original)),
    })),
  );
  return compared.filter(({ same }) => !same).map(({ copy, original }) => `${copy} is not ${original}: copy it again`);
}

async function faultsOfAlerts(root: string, text: Text): Promise<string[]> {
  const same = (await text(ALERTS)) === (await alertsForOperator(root));
  return same
    ? []
    : [`${ALERTS} is not what deploy/monitoring/rules make: run packages/bench/src/deploy/kubernetes/write-alerts.ts`];
}

/** Overlays list components in the one order in which they fit, and have the same settings, of which one is their namespace. */
async function faultsOfOverlays(text: Text): Promise<string[]> {
  const read = await Promise.all(
    OVERLAYS.map(async (overlay) => ({
      overlay,
      kustomization: Kustomization.parse(parse(await text(`k8s/overlays/${overlay}/kustomization.yaml`))),
      settings: Settings.parse(parse(await text(`k8s/overlays/${overlay}/settings.yaml`))).data,
    })),
  );
  const keys = new Set(Object.keys(read[0]!.settings));
  return read.flatMap(({ overlay, kustomization, settings }) => {
    const used = kustomization.components.map((path) => path.replace('../../components/', ''));
    const places = used.map((component) => (ORDER as readonly string[]).indexOf(component));
    return [
      ...(places.includes(-1) ? [`overlays/${overlay} has a component that no check knows: ${used.join(', ')}`] : []),
      ...(places.join() === places.toSorted((a, b) => a - b).join()
        ? []
        : [`overlays/${overlay} lists its components in another order than ${ORDER.join(', ')}`]),
      ...(settings.NAMESPACE === kustomization.namespace
        ? []
        : [`overlays/${overlay}: NAMESPACE is not its namespace`]),
      ...(keys.symmetricDifference(new Set(Object.keys(settings))).size === 0
        ? []
        : [`overlays/${overlay} has other settings than overlays/${OVERLAYS[0]}`]),
    ];
  });
}

/** Images of ours are of the version that the repository is of, wherever one is named. */
async function faultsOfVersions(root: string, text: Text): Promise<string[]> {
  const { version } = z.looseObject({ version: z.string() }).parse(JSON.parse(await text('package.json')));
  const paths = await Array.fromAsync(glob('k8s/**/kustomization.yaml', { cwd: root }));
  const faults = await Promise.all(
    paths.map(async (path) =>
      Kustomization.parse(parse(await text(path)))
        .images.filter(({ name, newTag }) => name.startsWith('docusnap/') && newTag !== undefined && newTag !== version)
        .map(({ name, newTag }) => `${path}: ${name} is of ${newTag}, and this is ${version}`),
    ),
  );
  return faults.flat();
}

/** No secret value is in the repository: secrets come from files that git ignores, or from Vault. */
async function faultsOfSecrets(root: string, text: Text): Promise<string[]> {
  const paths = (await Array.fromAsync(glob('k8s/**/*', { cwd: root, withFileTypes: true })))
    .filter((entry) => entry.isFile() && !entry.parentPath.endsWith('/secrets'))
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length).replace(/^\//, ''));
  const written = await Promise.all(
    paths.map(async (path) => {
      const content = await text(path);
      const hasSecret = /^kind: Secret$/m.test(content) || /BEGIN [A-Z ]*PRIVATE KEY/.test(content);
      const hasAddress = /(postgres|redis):\/\/[^:/\s]+:(?!%s)[^@\s]+@/.test(content);
      return hasSecret || hasAddress ? [`${path} holds a secret`] : [];
    }),
  );
  const tracked = await promisify(execFile)('git', ['ls-files', 'k8s/overlays/*/secrets/*'], { cwd: root }).catch(
    () => ({ stdout: '' }),
  );
  return [
    ...written.flat(),
    ...tracked.stdout
      .split('\n')
      .filter(Boolean)
      .map((path) => `${path} is in git`),
  ];
}

/** The rules of prometheus-adapter, which no cluster reads as an object. */
async function faultsOfMeasures(text: Text, code: Code): Promise<string[]> {
  const path = 'k8s/components/prometheus-adapter/values.yaml';
  return measuresIn(await text(path))
    .filter((name) => !code.metrics.has(name))
    .map((name) => `${path}: no service shows ${name}`);
}

/** Programs of others that both ways of deployment run, by the variable of .env.example that names their image. */
const IMAGES: Readonly<Record<string, string>> = {
  POSTGRES_IMAGE: 'k8s/components/embedded-data/postgres/postgres.yaml',
  PGBOUNCER_IMAGE: 'k8s/components/pgbouncer/pgbouncer.yaml',
  REDIS_IMAGE: 'k8s/components/redis/redis.yaml',
  S3_IMAGE: 'k8s/components/embedded-data/s3/s3.yaml',
};

async function faultsOfImages(text: Text): Promise<string[]> {
  const environment = await text('.env.example');
  const faults = await Promise.all(
    Object.entries(IMAGES).map(async ([variable, path]) => {
      const image = new RegExp(`^${variable}=(.+)$`, 'm').exec(environment)?.[1];
      const isUsed = image !== undefined && (await text(path)).includes(`image: ${image}\n`);
      return isUsed ? [] : [`${path}: its image is not ${variable} of .env.example, ${image}`];
    }),
  );
  return faults.flat();
}
