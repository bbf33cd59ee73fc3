import { type Manifest, nameOf, valueAt } from '../manifest.ts';
import { containersOf, podTemplates } from '../pods.ts';

/** Seconds between a process's end and the pod's that are kept spare. */
const SPARE_SECONDS = 5;

/**
 * What is told to stop has the time it takes: what preStop waits, and what our processes give themselves (`stopSeconds`, of
 * packages/runtime/src/lifecycle.ts) before they end whatever still runs.
 */
export function podsMayDrain(manifests: readonly Manifest[], stopSeconds: number): string[] {
  return podTemplates(manifests)
    .filter(({ owner }) => owner.kind !== 'Job')
    .flatMap((pod) => {
      const grace = Number(valueAt(pod.spec, 'terminationGracePeriodSeconds') ?? 30);
      const waits = containersOf(pod).map(({ fields }) =>
        Number(valueAt(fields, 'lifecycle.preStop.sleep.seconds') ?? 0),
      );
      const needed = Math.max(0, ...waits) + stopSeconds + SPARE_SECONDS;
      return grace < needed ? [`${nameOf(pod.owner)}: it is killed after ${grace} s and may take ${needed}`] : [];
    });
}
