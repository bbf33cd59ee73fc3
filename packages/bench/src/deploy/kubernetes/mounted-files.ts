import { type Fields, fieldsAt, type Manifest, textAt, valueAt } from './manifest.ts';
import { namesIn, type PodTemplate } from './pods.ts';

/** A file that a container finds because a Secret or a ConfigMap is mounted; of some, what it holds is not known. */
export interface MountedFile {
  readonly path: string;
  readonly text: string | null;
}

export function mountedFiles(pod: PodTemplate, container: Fields, manifests: readonly Manifest[]): MountedFile[] {
  return fieldsAt(container, 'volumeMounts.*').flatMap((mount) => {
    const [volume] = fieldsAt(pod.spec, 'volumes.*').filter(({ name }) => name === mount.name);
    return filesIn(volume, manifests).map(({ path, text }) => ({
      path: `${textAt(mount, 'mountPath')}/${path}`,
      text,
    }));
  });
}

function filesIn(volume: Fields | undefined, manifests: readonly Manifest[]): MountedFile[] {
  const [secret] = fieldsAt(volume, 'secret');
  const [config] = fieldsAt(volume, 'configMap');
  const source = secret ?? config;
  if (source === undefined) return [];
  const wanted = secret ? ['Secret', secret.secretName] : ['ConfigMap', source.name];
  const holder = manifests.find(({ kind, metadata }) => kind === wanted[0] && metadata.name === wanted[1]);
  const held = namesIn(valueAt(holder?.fields, 'data'));
  const texts = Object.entries(held).map(
    ([key, text]) => [key, secret ? Buffer.from(text, 'base64').toString() : text] as const,
  );
  const known = new Map(texts);
  const items = fieldsAt(source, 'items.*').map(({ key, path }) => ({ key: String(key), path: String(path) }));
  const taken = items.length > 0 ? items : texts.map(([key]) => ({ key, path: key }));
  return taken.map(({ key, path }) => ({ path, text: known.get(key) ?? null }));
}
