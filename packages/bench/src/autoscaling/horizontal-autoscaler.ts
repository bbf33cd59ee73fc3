/**
 * How Kubernetes' horizontal autoscaler decides (autoscaling/v2, `pkg/controller/podautoscaler` of 1.30): pure, so that a day of it can be tried
 * in a moment. KEDA makes such an autoscaler and feeds it.
 */

export interface Policy {
  readonly type: 'Percent' | 'Pods';
  readonly value: number;
  readonly periodSeconds: number;
}

export interface Direction {
  readonly stabilizationWindowSeconds: number;
  /** That which allows most counts (`selectPolicy: Max`, the default). */
  readonly policies: readonly Policy[];
}

export interface Behaviour {
  readonly scaleUp: Direction;
  readonly scaleDown: Direction;
}

/** What is looked at: how busy the pods' processors are, or a number that says how many times too much there is. */
export type Metric =
  | { readonly kind: 'cpu'; readonly target: number }
  | { readonly kind: 'backlog'; readonly targetSeconds: number };

/** What the autoscaler sees when it looks. */
export interface Sight {
  /** Seconds of work that wait, as last scraped. */
  readonly backlogSeconds: number;
  /** Of what they asked for, 0..1, over the last window, of pods that are ready. */
  readonly cpu: number;
  readonly ready: number;
  /** Made, and not ready yet. */
  readonly starting: number;
}

/** Within this part of the target nothing is changed (`--horizontal-pod-autoscaler-tolerance`). */
const TOLERANCE = 0.1;

/** How many pods one metric asks for. */
export function podsFor(metric: Metric, sight: Sight): number {
  const { ready, starting, cpu, backlogSeconds } = sight;
  const current = ready + starting;
  if (metric.kind === 'backlog') {
    const ratio = backlogSeconds / metric.targetSeconds;
    return isNear(ratio) ? current : Math.ceil(ratio * ready);
  }
  if (ready === 0) return current;
  const ratio = cpu / metric.target;
  if (isNear(ratio)) return current;
  if (ratio < 1 || starting === 0) return Math.ceil(ratio * ready);
  // Pods that start count as idle, so that they are not asked for twice.
  const withIdle = (ratio * ready) / current;
  return withIdle < 1 || isNear(withIdle) ? current : Math.ceil(withIdle * current);
}

const isNear = (ratio: number): boolean => Math.abs(ratio - 1) <= TOLERANCE;

export interface AutoscalerSettings {
  readonly metrics: readonly Metric[];
  readonly behaviour: Behaviour;
  readonly minPods: number;
  readonly maxPods: number;
}

export interface Autoscaler {
  /** How many pods there are to be from now on. */
  decide(atSeconds: number, sight: Sight): number;
}

interface Change {
  readonly at: number;
  readonly by: number;
}

export function openAutoscaler({ metrics, behaviour, minPods, maxPods }: AutoscalerSettings): Autoscaler {
  const { scaleUp, scaleDown } = behaviour;
  let wishes: { at: number; pods: number }[] = [];
  let changes: Change[] = [];
  const keepSeconds = Math.max(
    scaleUp.stabilizationWindowSeconds,
    scaleDown.stabilizationWindowSeconds,
    ...[...scaleUp.policies, ...scaleDown.policies].map(({ periodSeconds }) => periodSeconds),
  );
  /** The least growth and the least shrinking that were wished for within the windows. */
  const stabilised = (now: number, current: number, wish: number): number => {
    const within = ({ stabilizationWindowSeconds: seconds }: Direction) =>
      wishes.filter(({ at }) => at > now - seconds).map(({ pods }) => pods);
    const up = Math.min(wish, ...within(scaleUp));
    const down = Math.max(wish, ...within(scaleDown));
    return Math.min(Math.max(current, up), down);
  };
  const changedBy = (now: number, { periodSeconds }: Policy, sign: 1 | -1): number =>
    changes
      .filter(({ at, by }) => at > now - periodSeconds && Math.sign(by) === sign)
      .reduce((sum, { by }) => sum + by, 0);
  const mostAt = (now: number, current: number): number =>
    Math.max(
      ...scaleUp.policies.map((policy) => {
        const before = current - changedBy(now, policy, 1);
        return policy.type === 'Pods' ? before + policy.value : Math.ceil(before * (1 + policy.value / 100));
      }),
    );
  const leastAt = (now: number, current: number): number =>
    Math.min(
      ...scaleDown.policies.map((policy) => {
        const before = current - changedBy(now, policy, -1);
        return policy.type === 'Pods' ? before - policy.value : Math.floor(before * (1 - policy.value / 100));
      }),
    );
  return {
    decide(now, sight) {
      const current = sight.ready + sight.starting;
      const wish = clamp(Math.max(...metrics.map((metric) => podsFor(metric, sight))), minPods, maxPods);
      const calm = stabilised(now, current, wish);
      wishes = [...wishes.filter(({ at }) => at > now - keepSeconds), { at: now, pods: wish }];
      const allowed =
        calm > current
          ? Math.min(calm, Math.max(current, mostAt(now, current)))
          : Math.max(calm, Math.min(current, leastAt(now, current)));
      const pods = clamp(allowed, minPods, maxPods);
      changes = [...changes.filter(({ at }) => at > now - keepSeconds), { at: now, by: pods - current }];
      return pods;
    },
  };
}

const clamp = (value: number, least: number, most: number): number => Math.min(most, Math.max(least, value));
