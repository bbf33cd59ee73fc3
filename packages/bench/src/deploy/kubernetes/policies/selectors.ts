import { type Fields, fieldsAt, type Manifest, nameOf, textsAt, type Value, valueAt, valuesAt } from '../manifest.ts';
import { containersOf, namesIn, operatedPods, podTemplates, selects } from '../pods.ts';

/** Each selector finds something: a Service pods that listen, a budget, policy or monitor what it is for, a workload its own pods. */
export function selectorsFind(manifests: readonly Manifest[]): string[] {
  return manifests.flatMap((manifest) =>
    (FAULTS[manifest.kind]?.(manifest, manifests) ?? []).map((fault) => `${nameOf(manifest)}: ${fault}`),
  );
}

type Faults = (manifest: Manifest, manifests: readonly Manifest[]) => string[];

const FAULTS: Readonly<Record<string, Faults>> = {
  Service: faultsOfService,
  NetworkPolicy: ({ fields }, all) => faultsOfSelector(valueAt(fields, 'spec.podSelector'), all),
  PodDisruptionBudget: ({ fields }, all) => faultsOfSelector(valueAt(fields, 'spec.selector'), all),
  PeerAuthentication: ({ fields }, all) => faultsOfSelector(valueAt(fields, 'spec.selector'), all),
  PodMonitor: ({ fields }, all) => faultsOfSelector(valueAt(fields, 'spec.selector'), all),
  ServiceMonitor: faultsOfMonitor,
  Deployment: faultsOfWorkload,
  StatefulSet: faultsOfWorkload,
};

function faultsOfSelector(selector: Value | undefined, manifests: readonly Manifest[]): string[] {
  if (selector === undefined) return [];
  const pods = [...podTemplates(manifests).map(({ labels }) => labels), ...operatedPods(manifests)];
  return pods.some((labels) => selects(selector, labels)) ? [] : ['it selects no pod'];
}

function faultsOfService({ fields }: Manifest, manifests: readonly Manifest[]): string[] {
  const selector = { matchLabels: namesIn(valueAt(fields, 'spec.selector')) };
  if (operatedPods(manifests).some((labels) => selects(selector, labels))) return [];
  const pods = podTemplates(manifests).filter(({ labels }) => selects(selector, labels));
  if (pods.length === 0) return ['it selects no pod'];
  const ports = pods.flatMap((pod) => containersOf(pod).flatMap((container) => fieldsAt(container.fields, 'ports.*')));
  return fieldsAt(fields, 'spec.ports.*')
    .map((port) => port.targetPort ?? port.port)
    .filter((wanted) => !ports.some(({ name, containerPort }) => name === wanted || containerPort === wanted))
    .map((wanted) => `its pods do not listen on ${String(wanted)}`);
}

function faultsOfMonitor({ fields }: Manifest, manifests: readonly Manifest[]): string[] {
  const selector = valueAt(fields, 'spec.selector');
  const services = manifests.filter(({ kind, metadata }) => kind === 'Service' && selects(selector, metadata.labels));
  if (services.length === 0) return ['it selects no Service'];
  const has = (service: Manifest, port: string): boolean => textsAt(service.fields, 'spec.ports.*.name').includes(port);
  return textsAt(fields, 'spec.endpoints.*.port').flatMap((port) =>
    services.filter((service) => !has(service, port)).map((service) => `${nameOf(service)} has no port ${port}`),
  );
}

function faultsOfWorkload({ fields }: Manifest): string[] {
  const labels = namesIn(valueAt(fields, 'spec.template.metadata.labels'));
  const spreads: Fields[] = fieldsAt(fields, 'spec.template.spec.topologySpreadConstraints.*');
  return [
    ...(selects(valueAt(fields, 'spec.selector'), labels) ? [] : ['it does not select its own pods']),
    ...spreads
      .filter((spread) => !selects(valuesAt(spread, 'labelSelector')[0], labels))
      .map((spread) => `it spreads other pods than its own over ${String(spread.topologyKey)}`),
  ];
}
