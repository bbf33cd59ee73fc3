import { fieldsAt, type Manifest, nameOf, textAt, valueAt } from '../manifest.ts';

const AUTOSCALERS = ['HorizontalPodAutoscaler', 'ScaledObject'];

/**
 * Each autoscaler has something to scale, and nothing has two. A Deployment whose pods a Rollout makes is the Rollout's, and what is scaled says no
 * number of pods itself, which each deployment would set anew.
 */
export function autoscalersAreAlone(manifests: readonly Manifest[]): string[] {
  const scaled = manifests
    .filter(({ kind }) => AUTOSCALERS.includes(kind))
    .map((by) => {
      const ref = fieldsAt(by.fields, 'spec.scaleTargetRef')[0];
      return { by, kind: textAt(ref, 'kind') ?? 'Deployment', name: textAt(ref, 'name') ?? '' };
    });
  const owned = manifests
    .filter(({ kind }) => kind === 'Rollout')
    .map(({ fields }) => `${textAt(fields, 'spec.workloadRef.kind')} ${textAt(fields, 'spec.workloadRef.name')}`);
  const isThere = (target: string): boolean => manifests.some((manifest) => nameOf(manifest) === target);
  const ofTargets = scaled.flatMap(({ by, kind, name }, index) => {
    const target = `${kind} ${name}`;
    const other = scaled.slice(0, index).find((one) => one.kind === kind && one.name === name);
    return [
      ...(isThere(target) ? [] : [`${nameOf(by)}: there is no ${target} to scale`]),
      ...(owned.includes(target) ? [`${nameOf(by)}: it scales ${target}, whose pods a Rollout makes`] : []),
      ...(other ? [`${nameOf(by)}: ${nameOf(other.by)} scales ${target} too`] : []),
    ];
  });
  const ofScaled = manifests
    .filter(({ fields }) => valueAt(fields, 'spec.replicas') !== undefined)
    .filter((manifest) => scaled.some(({ kind, name }) => `${kind} ${name}` === nameOf(manifest)))
    .map((manifest) => `${nameOf(manifest)}: it sets the number of pods that an autoscaler sets`);
  const ofWorkloads = owned
    .filter((target) => !isThere(target))
    .map((target) => `a Rollout refers to ${target}, which is not there`);
  return [...ofTargets, ...ofScaled, ...ofWorkloads];
}

/** The most pods of a workload at a time, updates aside: what its autoscaler may ask for, or the number it names. */
export function mostPodsOf(owner: Manifest, manifests: readonly Manifest[]): number {
  const by = manifests.find(
    ({ kind, fields }) =>
      AUTOSCALERS.includes(kind) && textAt(fields, 'spec.scaleTargetRef.name') === owner.metadata.name,
  );
  const most = by && (valueAt(by.fields, 'spec.maxReplicas') ?? valueAt(by.fields, 'spec.maxReplicaCount'));
  return Number(most ?? valueAt(owner.fields, 'spec.replicas') ?? 1);
}
