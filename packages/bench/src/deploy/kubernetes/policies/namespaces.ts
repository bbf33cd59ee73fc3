import { type Manifest, nameOf } from '../manifest.ts';

/** Kinds that are of no namespace. */
const OF_THE_CLUSTER = [
  'Namespace',
  'ClusterRole',
  'ClusterRoleBinding',
  'CustomResourceDefinition',
  'PriorityClass',
  'StorageClass',
];
/** What stands in a component until the settings of an installation take its place. */
const PLACEHOLDER = /\bfilled-by-settings\b|192\.0\.2\./;

/** Everything is in the one namespace, and nothing of a component was left unfilled. */
export function allIsOfOneInstallation(manifests: readonly Manifest[], namespace: string): string[] {
  return manifests.flatMap((manifest) => {
    const { kind, metadata, fields } = manifest;
    const place = kind === 'Namespace' ? metadata.name : metadata.namespace;
    const isElsewhere = OF_THE_CLUSTER.includes(kind) && kind !== 'Namespace' ? false : place !== namespace;
    return [
      ...(isElsewhere ? [`${nameOf(manifest)}: it is in ${place ?? 'no namespace'} instead of ${namespace}`] : []),
      ...(PLACEHOLDER.test(JSON.stringify(fields)) ? [`${nameOf(manifest)}: a setting was not filled in`] : []),
    ];
  });
}

/** Where there is a firewall for requests, every way in leads through it. */
export function waysInLeadThroughTheFirewall(manifests: readonly Manifest[]): string[] {
  if (!manifests.some(({ kind, metadata }) => kind === 'Service' && metadata.name === 'waf')) return [];
  const ways = manifests.filter(
    ({ kind, metadata }) => ['HTTPRoute', 'IngressRoute', 'Ingress'].includes(kind) && metadata.name === 'docusnap',
  );
  return ways
    .filter(({ fields }) => !JSON.stringify(fields).includes('"waf"'))
    .map((way) => `${nameOf(way)}: it leads past the firewall`);
}
