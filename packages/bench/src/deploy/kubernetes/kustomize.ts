import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parse, stringify } from 'yaml';
import { type Manifest, readManifests } from './manifest.ts';

const run = promisify(execFile);
/** Bytes of one build: all of prod are 80 KB. */
const MOST_BYTES = 16 * 2 ** 20;
/** Overlays that k8s/init writes the secrets of. */
const WITH_SECRETS = ['dev', 'test'];
/** The overlay whose settings and secrets combinations are tried with. */
const LIKE = 'dev';

/** A copy of k8s/ with secrets of its own, in which installations can be built. */
export interface Workshop {
  readonly folder: string;
  /** What an overlay makes. Throws with what kustomize says. */
  buildOverlay(name: string): Promise<Manifest[]>;
  /** What base makes with these components, in their order. */
  buildCombination(components: readonly string[]): Promise<Manifest[]>;
}

export async function openWorkshop(root: string, folder: string): Promise<Workshop> {
  const own = join(folder, 'k8s');
  await cp(join(root, 'k8s'), own, { recursive: true, filter: (path) => !path.endsWith('/secrets') });
  await Promise.all(WITH_SECRETS.map((overlay) => run(join(own, 'init'), [overlay])));
  let built = 0;
  return {
    folder: own,
    buildOverlay: (name) => build(join(own, 'overlays', name)),
    async buildCombination(components) {
      built += 1;
      const place = join(own, 'overlays', `combination-${built}`);
      const like = join(own, 'overlays', LIKE);
      await mkdir(place);
      await cp(join(like, 'settings.yaml'), join(place, 'settings.yaml'));
      const { secretGenerator } = parse(await readFile(join(like, 'kustomization.yaml'), 'utf8'));
      // Two would write the same Secret.
      const bringsSecrets = components.includes('external-secrets');
      if (!bringsSecrets) await cp(join(like, 'secrets'), join(place, 'secrets'), { recursive: true });
      const kustomization = {
        apiVersion: 'kustomize.config.k8s.io/v1beta1',
        kind: 'Kustomization',
        namespace: `docusnap-${LIKE}`,
        resources: ['../../base', 'settings.yaml'],
        components: components.map((component) => `../../components/${component}`),
        ...(bringsSecrets ? {} : { secretGenerator }),
      };
      await writeFile(join(place, 'kustomization.yaml'), stringify(kustomization));
      return build(place);
    },
  };
}

async function build(folder: string): Promise<Manifest[]> {
  const { stdout } = await run('kubectl', ['kustomize', folder], { maxBuffer: MOST_BYTES });
  return readManifests(stdout);
}
