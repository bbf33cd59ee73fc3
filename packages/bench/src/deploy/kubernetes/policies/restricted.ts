import { type Fields, fieldsAt, type Manifest, nameOf, textAt, valueAt, valuesAt } from '../manifest.ts';
import { type Container, containersOf, type PodTemplate, podTemplates } from '../pods.ts';

/** What the standard "restricted" lets a pod mount; no hostPath, and nothing of the node's. */
const VOLUMES = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'persistentVolumeClaim',
  'projected',
  'secret',
];
const OF_THE_NODE = ['hostNetwork', 'hostPID', 'hostIPC'];

/**
 * Each pod keeps to Pod Security's standard "restricted", and to more: its root file system cannot be written, it has a user with a number, and no
 * token of the cluster.
 */
export function podsAreRestricted(manifests: readonly Manifest[]): string[] {
  return podTemplates(manifests).flatMap((pod) => [
    ...faultsOfPod(pod).map((fault) => `${nameOf(pod.owner)}: ${fault}`),
    ...containersOf(pod).flatMap((container) =>
      faultsOfContainer(container).map((fault) => `${nameOf(pod.owner)}, ${container.name}: ${fault}`),
    ),
  ]);
}

function faultsOfPod({ spec }: PodTemplate): string[] {
  return [
    ...(valueAt(spec, 'securityContext.runAsNonRoot') === true ? [] : ['it may run as root']),
    ...(Number(valueAt(spec, 'securityContext.runAsUser') ?? 0) > 0 ? [] : ['it has no user of its own']),
    ...(isConfined(spec) ? [] : ['its system calls are not confined (seccompProfile)']),
    ...(spec.automountServiceAccountToken === false ? [] : ['it is given a token of the cluster']),
    ...OF_THE_NODE.flatMap((name) => (spec[name] === true ? [`it shares the node's (${name})`] : [])),
    ...fieldsAt(spec, 'volumes.*').flatMap((volume) =>
      Object.keys(volume)
        .filter((kind) => kind !== 'name' && !VOLUMES.includes(kind))
        .map((kind) => `its volume ${textAt(volume, 'name')} is a ${kind}`),
    ),
  ];
}

function isConfined(spec: Fields): boolean {
  return ['RuntimeDefault', 'Localhost'].includes(textAt(spec, 'securityContext.seccompProfile.type') ?? '');
}

function faultsOfContainer({ fields }: Container): string[] {
  const security = fieldsAt(fields, 'securityContext')[0] ?? {};
  return [
    ...(security.allowPrivilegeEscalation === false ? [] : ['it may gain privileges']),
    ...(security.privileged === true ? ['it is privileged'] : []),
    ...(security.readOnlyRootFilesystem === true ? [] : ['its root file system can be written']),
    ...(security.runAsNonRoot === false || security.runAsUser === 0 ? ['it may run as root'] : []),
    ...(valuesAt(security, 'capabilities.drop.*').includes('ALL') ? [] : ['it keeps capabilities']),
    ...valuesAt(security, 'capabilities.add.*').map((capability) => `it is given the capability ${String(capability)}`),
    ...valuesAt(fields, 'ports.*.hostPort').map((port) => `it takes the node's port ${String(port)}`),
  ];
}

/** Each account says that nobody is given its token, and each namespace that it admits restricted pods only. */
export function namespacesAndAccountsAreClosed(manifests: readonly Manifest[]): string[] {
  return manifests.flatMap((manifest) => {
    if (manifest.kind === 'ServiceAccount' && manifest.fields.automountServiceAccountToken !== false)
      return [`${nameOf(manifest)}: pods are given its token`];
    if (
      manifest.kind === 'Namespace' &&
      manifest.metadata.labels['pod-security.kubernetes.io/enforce'] !== 'restricted'
    )
      return [`${nameOf(manifest)}: it admits pods that are not restricted`];
    return [];
  });
}
