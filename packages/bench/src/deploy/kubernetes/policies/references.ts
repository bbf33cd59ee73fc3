import { type Fields, fieldsAt, type Manifest, nameOf, textAt, textsAt, valueAt, valuesAt } from '../manifest.ts';
import { mountedFiles } from '../mounted-files.ts';
import { containersOf, namesIn, podTemplates } from '../pods.ts';

/** A Secret or ConfigMap that is there once everything is applied; of some it is not known which keys they will have. */
interface Holder {
  readonly kind: 'Secret' | 'ConfigMap';
  readonly name: string;
  readonly keys: ReadonlySet<string> | null;
}

interface Reference {
  readonly from: string;
  readonly kind: Holder['kind'];
  readonly name: string;
  readonly keys: readonly string[];
}

/** What is referred to is there: ConfigMaps, Secrets and their keys, accounts, claims, and the backends of routes. */
export function referencesLead(manifests: readonly Manifest[]): string[] {
  const holders = holdersIn(manifests);
  return [
    ...referencesIn(manifests).flatMap((reference) => faultsOf(reference, holders)),
    ...podTemplates(manifests).flatMap((pod) => {
      const account = textAt(pod.spec, 'serviceAccountName') ?? 'default';
      const isThere = manifests.some(({ kind, metadata }) => kind === 'ServiceAccount' && metadata.name === account);
      return isThere ? [] : [`${nameOf(pod.owner)}: there is no ServiceAccount ${account}`];
    }),
    ...mountsLead(manifests),
    ...backendsLead(manifests),
  ];
}

function faultsOf({ from, kind, name, keys }: Reference, holders: readonly Holder[]): string[] {
  const holder = holders.find((one) => one.kind === kind && one.name === name);
  if (holder === undefined) return [`${from}: there is no ${kind} ${name}`];
  return keys
    .filter((key) => holder.keys !== null && !holder.keys.has(key))
    .map((key) => `${from}: the ${kind} ${name} has no ${key}`);
}

function holdersIn(manifests: readonly Manifest[]): Holder[] {
  return manifests.flatMap((manifest): Holder[] => {
    const { kind, metadata, fields } = manifest;
    if (kind === 'Secret' || kind === 'ConfigMap') {
      const keys = ['data', 'stringData', 'binaryData'].flatMap((part) => Object.keys(namesIn(fields[part])));
      return [{ kind, name: metadata.name, keys: new Set(keys) }];
    }
    if (kind === 'ExternalSecret') {
      const name = textAt(fields, 'spec.target.name') ?? metadata.name;
      const isWhole = valuesAt(fields, 'spec.dataFrom.*').length > 0;
      const keys = [
        ...textsAt(fields, 'spec.data.*.secretKey'),
        ...Object.keys(namesIn(valueAt(fields, 'spec.target.template.data'))),
      ];
      return [{ kind: 'Secret', name, keys: isWhole ? null : new Set(keys) }];
    }
    if (kind === 'Certificate') {
      const name = textAt(fields, 'spec.secretName');
      return name === undefined ? [] : [{ kind: 'Secret', name, keys: new Set(['tls.crt', 'tls.key', 'ca.crt']) }];
    }
    return [];
  });
}

/** Where other kinds than pods name a Secret. */
const NAMED: Readonly<Record<string, readonly string[]>> = {
  Cluster: ['spec.bootstrap.initdb.secret.name', 'spec.managed.roles.*.passwordSecret.name'],
  Gateway: ['spec.listeners.*.tls.certificateRefs.*.name'],
  IngressRoute: ['spec.tls.secretName'],
  Ingress: ['spec.tls.*.secretName'],
};

function referencesIn(manifests: readonly Manifest[]): Reference[] {
  const ofPods = podTemplates(manifests).flatMap((pod) => {
    const from = nameOf(pod.owner);
    const environment = containersOf(pod).flatMap(({ fields }) => [
      ...fieldsAt(fields, 'envFrom.*.configMapRef').map((ref) => referenceOf(from, 'ConfigMap', ref)),
      ...fieldsAt(fields, 'envFrom.*.secretRef').map((ref) => referenceOf(from, 'Secret', ref)),
      ...fieldsAt(fields, 'env.*.valueFrom.configMapKeyRef').map((ref) => referenceOf(from, 'ConfigMap', ref)),
      ...fieldsAt(fields, 'env.*.valueFrom.secretKeyRef').map((ref) => referenceOf(from, 'Secret', ref)),
    ]);
    const volumes = [
      ...fieldsAt(pod.spec, 'volumes.*.configMap').map((ref) => referenceOf(from, 'ConfigMap', ref)),
      ...fieldsAt(pod.spec, 'volumes.*.secret').map((ref) => referenceOf(from, 'Secret', ref)),
    ];
    return [...environment, ...volumes];
  });
  const ofOthers = manifests.flatMap((manifest) =>
    (NAMED[manifest.kind] ?? [])
      .flatMap((path) => textsAt(manifest.fields, path))
      .map((name): Reference => ({ from: nameOf(manifest), kind: 'Secret', name, keys: [] })),
  );
  return [...ofPods, ...ofOthers];
}

function referenceOf(from: string, kind: Holder['kind'], ref: Fields): Reference {
  const name = textAt(ref, 'secretName') ?? textAt(ref, 'name') ?? '';
  return { from, kind, name, keys: [...textsAt(ref, 'key'), ...textsAt(ref, 'items.*.key')] };
}

/** Each mount is of a volume of its pod, and each `*_FILE` names a file that a Secret's or ConfigMap's volume brings there. */
function mountsLead(manifests: readonly Manifest[]): string[] {
  return podTemplates(manifests).flatMap((pod) =>
    containersOf(pod).flatMap(({ name, fields }) => {
      const where = `${nameOf(pod.owner)}, ${name}`;
      const claims = textsAt(pod.owner.fields, 'spec.volumeClaimTemplates.*.metadata.name');
      const volumes = new Map<string | undefined, Fields>(claims.map((claim) => [claim, {}]));
      for (const volume of fieldsAt(pod.spec, 'volumes.*')) volumes.set(textAt(volume, 'name'), volume);
      const mounts = fieldsAt(fields, 'volumeMounts.*');
      const files = mountedFiles(pod, fields, manifests).map(({ path }) => path);
      return [
        ...mounts
          .filter((mount) => !volumes.has(textAt(mount, 'name')))
          .map((mount) => `${where}: there is no volume ${textAt(mount, 'name')}`),
        ...fieldsAt(fields, 'env.*')
          .filter(({ name: variable, value }) => String(variable).endsWith('_FILE') && !files.includes(String(value)))
          .map(
            ({ name: variable, value }) => `${where}: ${String(variable)} names ${String(value)}, which is not there`,
          ),
      ];
    }),
  );
}

/** Where routes name a Service and its port. */
const BACKENDS: Readonly<Record<string, { readonly path: string; readonly port: string }>> = {
  HTTPRoute: { path: 'spec.rules.*.backendRefs.*', port: 'port' },
  IngressRoute: { path: 'spec.routes.*.services.*', port: 'port' },
  Ingress: { path: 'spec.rules.*.http.paths.*.backend.service', port: 'port.number' },
};

function backendsLead(manifests: readonly Manifest[]): string[] {
  return manifests.flatMap((manifest) => {
    const backends = BACKENDS[manifest.kind];
    if (backends === undefined) return [];
    return fieldsAt(manifest.fields, backends.path).flatMap((backend) => {
      const [name, port] = [textAt(backend, 'name'), valueAt(backend, backends.port)];
      const service = manifests.find(({ kind, metadata }) => kind === 'Service' && metadata.name === name);
      if (service === undefined) return [`${nameOf(manifest)}: there is no Service ${name}`];
      const hasPort = valuesAt(service.fields, 'spec.ports.*.port').includes(port ?? null);
      return hasPort ? [] : [`${nameOf(manifest)}: the Service ${name} has no port ${String(port)}`];
    });
  });
}
