import { type Fields, fieldsAt, isFields, type Manifest, textAt, type Value, valueAt, valuesAt } from './manifest.ts';

const WORKLOADS = ['Deployment', 'StatefulSet', 'DaemonSet', 'Job'];

/** Of a pod or a Service. */
export type Labels = Readonly<Record<string, string | undefined>>;

/** What a workload makes pods of. */
export interface PodTemplate {
  readonly owner: Manifest;
  readonly labels: Labels;
  readonly spec: Fields;
}

export interface Container {
  readonly name: string;
  readonly fields: Fields;
  /** Runs before the others, to its end. */
  readonly isInit: boolean;
}

export function podTemplates(manifests: readonly Manifest[]): PodTemplate[] {
  return manifests
    .filter(({ kind }) => WORKLOADS.includes(kind))
    .flatMap((owner) =>
      fieldsAt(owner.fields, 'spec.template').map((template) => ({
        owner,
        labels: namesIn(valueAt(template, 'metadata.labels')),
        spec: fieldsAt(template, 'spec')[0] ?? {},
      })),
    );
}

export function containersOf({ spec }: PodTemplate): Container[] {
  const named = (path: string, isInit: boolean): Container[] =>
    fieldsAt(spec, path).map((fields) => ({ name: textAt(fields, 'name') ?? '?', fields, isInit }));
  return [...named('initContainers.*', true), ...named('containers.*', false)];
}

/**
 * Labels of pods that no manifest of ours spells out, because an operator makes them of something else. Their containers and ports are not known.
 */
export function operatedPods(manifests: readonly Manifest[]): Labels[] {
  return manifests.flatMap((manifest): Labels[] => {
    const { apiVersion, kind, metadata, fields } = manifest;
    if (apiVersion.startsWith('postgresql.cnpg.io/') && kind === 'Cluster') {
      const own = { 'cnpg.io/cluster': metadata.name, ...namesIn(valueAt(fields, 'spec.inheritedMetadata.labels')) };
      const roles = Number(valueAt(fields, 'spec.instances') ?? 1) > 1 ? ['primary', 'replica'] : ['primary'];
      return roles.map((role) => ({ ...own, 'cnpg.io/instanceRole': role }));
    }
    if (kind === 'Issuer' && valuesAt(fields, 'spec.acme.solvers.*.http01').length > 0) {
      return [{ 'acme.cert-manager.io/http01-solver': 'true' }];
    }
    return [];
  });
}

/** Whether a selector of labels (`matchLabels`, `matchExpressions`) takes in these; an empty one takes in all. */
export function selects(selector: Value | undefined, labels: Labels): boolean {
  const wanted = Object.entries(namesIn(valueAt(selector, 'matchLabels')));
  return (
    wanted.every(([name, value]) => labels[name] === value) &&
    fieldsAt(selector, 'matchExpressions.*').every((expression) => holds(expression, labels))
  );
}

function holds(expression: Fields, labels: Labels): boolean {
  const label = labels[textAt(expression, 'key') ?? ''];
  const values = valuesAt(expression, 'values.*');
  switch (expression.operator) {
    case 'In':
      return label !== undefined && values.includes(label);
    case 'NotIn':
      return label === undefined || !values.includes(label);
    case 'Exists':
      return label !== undefined;
    case 'DoesNotExist':
      return label === undefined;
    default:
      throw new RangeError(`a selector's operator that is not known: ${String(expression.operator)}`);
  }
}

export function namesIn(value: Value | undefined): Readonly<Record<string, string>> {
  if (value === undefined || !isFields(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, String(one)]));
}
