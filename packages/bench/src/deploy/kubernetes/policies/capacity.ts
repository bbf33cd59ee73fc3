import { fieldsAt, type Manifest, nameOf, textAt, valueAt } from '../manifest.ts';
import { containersOf, namesIn, type PodTemplate, podTemplates } from '../pods.ts';
import { mostPodsOf } from './autoscalers.ts';
import { quantityOf } from './quantities.ts';

/** What an update adds for as long as it runs: a quarter more, one at least. */
const SURGE = 0.25;
const MIB = 2 ** 20;
/** Bytes that the process has which leads the readers, and what prepares models before them. */
const LEADER_BYTES = 512 * MIB;

/** The quota lets every autoscaler have its most pods, while all are updated. */
export function quotaSuffices(manifests: readonly Manifest[]): string[] {
  const quotas = manifests.filter(({ kind }) => kind === 'ResourceQuota');
  return quotas.flatMap((quota) =>
    Object.entries(namesIn(valueAt(quota.fields, 'spec.hard')))
      .filter(([name]) => name === 'pods' || /^(requests|limits)\.(cpu|memory|ephemeral-storage)$/.test(name))
      .map(([name, hard]) => ({ name, hard: quantityOf(hard), most: mostOf(name, manifests) }))
      .filter(({ hard, most }) => most > hard)
      .map(({ name, hard, most }) => `${nameOf(quota)}: ${name} is ${hard}, and all together may want ${most}`),
  );
}

function mostOf(name: string, manifests: readonly Manifest[]): number {
  const ofPods = podTemplates(manifests).map((pod) => {
    return mostWithUpdate(pod, manifests) * (name === 'pods' ? 1 : needsOf(pod, name));
  });
  const ofClusters = manifests
    .filter(({ kind, apiVersion }) => kind === 'Cluster' && apiVersion.startsWith('postgresql.cnpg.io/'))
    .map(({ fields }) => {
      const each = name === 'pods' ? 1 : valueAt(fields, `spec.resources.${name}`);
      return each === undefined ? 0 : Number(valueAt(fields, 'spec.instances')) * quantityOf(each);
    });
  return [...ofPods, ...ofClusters].reduce((sum, one) => sum + one, 0);
}

/** Init containers run before the others: a pod has what the larger of the two needs. */
function needsOf(pod: PodTemplate, name: string): number {
  const needs = containersOf(pod).map(({ fields, isInit }) => ({
    isInit,
    amount: quantityOf(valueAt(fields, `resources.${name}`) ?? '0'),
  }));
  const together = needs.filter(({ isInit }) => !isInit).reduce((sum, { amount }) => sum + amount, 0);
  return Math.max(together, ...needs.filter(({ isInit }) => isInit).map(({ amount }) => amount));
}

/** What the first container of a pod is told by ConfigMaps. */
export function settingsOf(
  pod: PodTemplate,
  manifests: readonly Manifest[],
): Readonly<Record<string, string | undefined>> {
  const [container] = containersOf(pod).filter(({ isInit }) => !isInit);
  const refs = container ? fieldsAt(container.fields, 'envFrom.*.configMapRef') : [];
  const names = refs.map((ref) => textAt(ref, 'name'));
  const told = manifests.filter(({ kind, metadata }) => kind === 'ConfigMap' && names.includes(metadata.name));
  return Object.assign({}, ...told.map(({ fields }) => namesIn(valueAt(fields, 'data'))));
}

/** While all of a Deployment is exchanged. */
export function mostWithUpdate(pod: PodTemplate, manifests: readonly Manifest[]): number {
  const most = mostPodsOf(pod.owner, manifests);
  return pod.owner.kind === 'Deployment' ? most + Math.max(1, Math.ceil(most * SURGE)) : most;
}

/** The ocr pods have memory for readers that are as large as they may become, and a whole core for each. */
export function readersHaveRoom(manifests: readonly Manifest[]): string[] {
  return podTemplates(manifests)
    .filter(({ labels }) => labels['docusnap.io/component'] === 'ocr')
    .flatMap((pod) => {
      const [container] = containersOf(pod).filter(({ isInit }) => !isInit);
      const set = settingsOf(pod, manifests);
      const [readers, mib] = [Number(set.OCR_READERS), Number(set.READER_MAX_RSS_MIB)];
      if (!(readers > 0 && mib > 0)) return [`${nameOf(pod.owner)}: OCR_READERS or READER_MAX_RSS_MIB is not set`];
      const memory = quantityOf(valueAt(container?.fields, 'resources.limits.memory') ?? '0');
      const cores = quantityOf(valueAt(container?.fields, 'resources.limits.cpu') ?? '0');
      const needed = readers * mib * MIB + LEADER_BYTES;
      return [
        ...(memory < needed
          ? [`${nameOf(pod.owner)}: ${readers} readers may take ${needed} bytes, and it has ${memory}`]
          : []),
        ...(cores < readers ? [`${nameOf(pod.owner)}: ${readers} readers have ${cores} cores`] : []),
      ];
    });
}
