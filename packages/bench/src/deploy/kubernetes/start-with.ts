import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Manifest, nameOf, textsAt } from './manifest.ts';
import { type MountedFile, mountedFiles } from './mounted-files.ts';
import { containersOf, podTemplates } from './pods.ts';
import { environmentOf, isOurs } from './policies/code.ts';

/** What our processes say where they refuse what they are told, and nowhere else: see packages/runtime, config.ts and reload.ts. */
const REFUSAL =
  /(?:The configuration cannot be used|CONFIG_FILE names a file|[^"]*which cannot be changed while it runs)[\s\S]*/;
/** Milliseconds until a process that went on without its database is ended: it has read its configuration long before. */
const LONGEST_MS = 30_000;
/** Nobody listens there: what is reached by the network is looked for in vain, and at once. */
const NOBODY = '127.0.0.1:1';
const OF_THIS_MACHINE = {
  HOST: '127.0.0.1',
  PORT: '0',
  METRICS_PORT: '0',
  MIGRATE_WAIT_SECONDS: '0',
  BUCKET_WAIT_SECONDS: '0',
};

/**
 * Starts our processes with the environment and the files that an installation gives them, without anything to reach, and gives what of it they
 * refuse. `folder` is empty and takes the files; `root` is the repository.
 */
export async function refusedByProcesses(
  manifests: readonly Manifest[],
  folder: string,
  root: string,
): Promise<string[]> {
  const findings: string[] = [];
  const started = new Set<string>();
  // One after another: each is slow to start beside others, and what it says late is not heard.
  for (const pod of podTemplates(manifests)) {
    for (const { name, fields } of containersOf(pod).filter(isOurs)) {
      const place = join(folder, `${pod.owner.metadata.name}-${name}`);
      const files = await writeFiles(mountedFiles(pod, fields, manifests), place);
      const args = textsAt(fields, 'args.*');
      const told = [...environmentOf(fields, manifests)];
      const env = Object.fromEntries(told.map(([variable, value]) => [variable, files.get(value) ?? elsewhere(value)]));
      // The same in several pods is tried once.
      const same = `${args.join(' ')} ${Object.keys(env).join(' ')}`;
      if (started.has(same)) continue;
      started.add(same);
      const said = await outputOf(args, { PATH: process.env.PATH, ...env, ...OF_THIS_MACHINE }, root);
      const refused = REFUSAL.exec(said)?.[0];
      if (refused !== undefined) findings.push(`${nameOf(pod.owner)}, ${name}: ${refused}`);
      else if (said.trim() === '') findings.push(`${nameOf(pod.owner)}, ${name}: it says nothing at all`);
    }
  }
  return findings;
}

/** The files of a container's Secrets and ConfigMaps, in a folder of this machine; by their paths in the container. */
async function writeFiles(files: readonly MountedFile[], place: string): Promise<ReadonlyMap<string, string>> {
  await mkdir(place, { recursive: true });
  const written = files.map(async ({ path, text }) => {
    const here = join(place, path.replaceAll('/', '_'));
    await writeFile(here, elsewhere(text ?? ''));
    return [path, here] as const;
  });
  return new Map(await Promise.all(written));
}

/** An address in the cluster is one of nobody here: names are not even looked up. */
function elsewhere(value: string): string {
  return value.replace(/^([a-z0-9+]+:\/\/(?:[^@/]*@)?)[a-z0-9-]+:\d+/, `$1${NOBODY}`);
}

function outputOf(args: readonly string[], env: NodeJS.ProcessEnv, root: string): Promise<string> {
  return new Promise((resolve) => {
    execFile(process.execPath, [...args], { cwd: root, env, timeout: LONGEST_MS }, (_error, stdout, stderr) =>
      resolve(`${stdout}${stderr}`),
    );
  });
}
