import type { Code } from '../code.ts';
import { type Fields, fieldsAt, type Manifest, nameOf, textAt, textsAt, valueAt } from '../manifest.ts';
import { type Container, containersOf, namesIn, podTemplates } from '../pods.ts';

const OWN_IMAGE = /^(?:.*\/)?docusnap\//;

/** What our own containers are started with is in the code: the file, each variable, those that are required, and the ports. */
export function containersKeepToCode(manifests: readonly Manifest[], code: Code): string[] {
  return podTemplates(manifests).flatMap((pod) =>
    containersOf(pod)
      .filter(isOurs)
      .flatMap((container) =>
        faultsOf(container, manifests, code).map((fault) => `${nameOf(pod.owner)}, ${container.name}: ${fault}`),
      ),
  );
}

/** Whether a container is of an image of ours. */
export function isOurs({ fields }: Container): boolean {
  return OWN_IMAGE.test(textAt(fields, 'image') ?? '');
}

function faultsOf({ fields }: Container, manifests: readonly Manifest[], code: Code): string[] {
  const main = textsAt(fields, 'args.*')[0];
  if (main === undefined || !code.has(main)) return [`it starts ${main ?? 'nothing'}, which is not there`];
  const variables = code.variables.get(main);
  if (variables === undefined) return [`it starts ${main}, whose variables are not known`];
  const set = environmentOf(fields, manifests);
  const names = [...set.keys()].map((name) => (variables.known.has(name) ? name : name.replace(/_FILE$/, '')));
  return [
    ...names.filter((name) => !variables.known.has(name)).map((name) => `${main} does not read ${name}`),
    ...[...variables.required].filter((name) => !names.includes(name)).map((name) => `${name} is not set`),
    ...faultsOfPorts(fields, set),
  ];
}

/** The variables of a container, by name; of files the path. */
export function environmentOf(container: Fields, manifests: readonly Manifest[]): ReadonlyMap<string, string> {
  const maps = fieldsAt(container, 'envFrom.*.configMapRef').map((ref) => textAt(ref, 'name'));
  const fromMaps = maps.flatMap((name) =>
    manifests
      .filter(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === name)
      .flatMap(({ fields }) => Object.entries(namesIn(valueAt(fields, 'data')))),
  );
  const own = fieldsAt(container, 'env.*').map((one) => [String(one.name), String(one.value)] as const);
  return new Map([...fromMaps, ...own]);
}

const PORT_VARIABLES: Readonly<Record<string, string>> = { http: 'PORT', metrics: 'METRICS_PORT' };

function faultsOfPorts(container: Fields, set: ReadonlyMap<string, string>): string[] {
  return fieldsAt(container, 'ports.*').flatMap(({ name, containerPort }) => {
    const variable = PORT_VARIABLES[String(name)];
    const value = variable === undefined ? undefined : set.get(variable);
    return value === String(containerPort)
      ? []
      : [`its port ${String(name)} is ${String(containerPort)}, and ${variable} is ${value}`];
  });
}

/** Where other kinds ask for measures. */
const QUERIES = [
  'spec.triggers.*.metadata.query',
  'spec.metrics.*.provider.prometheus.query',
  'spec.metrics.*.object.metric.name',
  'spec.metrics.*.external.metric.name',
  'spec.groups.*.rules.*.expr',
];

/** Every measure of ours that something is decided by is one that the services show. */
export function measuresExist(manifests: readonly Manifest[], code: Code): string[] {
  return manifests.flatMap((manifest) => {
    const recorded = new Set(textsAt(manifest.fields, 'spec.groups.*.rules.*.record'));
    return QUERIES.flatMap((path) => textsAt(manifest.fields, path))
      .flatMap((query) => measuresIn(query))
      .filter((name) => !code.metrics.has(name) && !recorded.has(name))
      .map((name) => `${nameOf(manifest)}: no service shows ${name}`);
  });
}

/** Names of our measures in a query, histograms by their own. */
export function measuresIn(query: string): string[] {
  return [...query.matchAll(/\bdocusnap_[a-z0-9_]+/g)].map(([name]) => name.replace(/_(bucket|sum|count)$/, ''));
}

/** A database that an operator makes has the roles as ours would make them. */
export function rolesAreSet(manifests: readonly Manifest[], code: Code): string[] {
  return manifests
    .filter(({ kind, apiVersion }) => kind === 'Cluster' && apiVersion.startsWith('postgresql.cnpg.io/'))
    .flatMap((cluster) => {
      const run = textsAt(cluster.fields, 'spec.bootstrap.initdb.postInitSQL.*');
      return code.roleSettings
        .filter((statement) => !run.includes(statement))
        .map((statement) => `${nameOf(cluster)}: it does not run ${statement}`);
    });
}
