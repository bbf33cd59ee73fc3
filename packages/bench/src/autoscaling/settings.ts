import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import type { AutoscalerSettings, Behaviour, Metric } from './horizontal-autoscaler.ts';

/** What k8s/ really has, so that the simulation is of that and of nothing else. */

const K8S = new URL('../../../../k8s/', import.meta.url);

const Direction = z.object({
  stabilizationWindowSeconds: z.number(),
  policies: z.array(z.object({ type: z.enum(['Percent', 'Pods']), value: z.number(), periodSeconds: z.number() })),
});
const BehaviourFields = z.object({ scaleUp: Direction, scaleDown: Direction });

const Trigger = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('prometheus'),
    metricType: z.literal('Value'),
    metadata: z.object({ query: z.string().includes('docusnap_backlog_seconds'), threshold: z.coerce.number() }),
  }),
  z.object({
    type: z.literal('cpu'),
    metricType: z.literal('Utilization'),
    metadata: z.object({ value: z.coerce.number() }),
  }),
]);

const ScaledObject = z.object({
  spec: z.object({
    maxReplicaCount: z.number(),
    advanced: z.object({ horizontalPodAutoscalerConfig: z.object({ behavior: BehaviourFields }) }),
    triggers: z.array(Trigger).min(1),
  }),
});

const Autoscaler = z.object({
  kind: z.literal('HorizontalPodAutoscaler'),
  metadata: z.object({ name: z.string() }),
  spec: z.object({ maxReplicas: z.number(), behavior: z.unknown() }),
});

const Overlay = z.object({
  patches: z.array(z.object({ target: z.object({ kind: z.string(), name: z.string() }), patch: z.string() })),
});
const Operations = z.array(z.object({ path: z.string(), value: z.unknown() }));

const textOf = (path: string): string => readFileSync(new URL(path, K8S), 'utf8');

/** The ocr pods' autoscaler of production: KEDA's, with the least number of pods of `overlays/prod`. */
export function productionSettings(): AutoscalerSettings {
  const { spec } = ScaledObject.parse(parse(textOf('components/keda/scaled-object.yaml')));
  return {
    metrics: spec.triggers.map(metricOf),
    behaviour: spec.advanced.horizontalPodAutoscalerConfig.behavior,
    minPods: leastPods(),
    maxPods: spec.maxReplicaCount,
  };
}

/** As many pods, but by their processors alone, with the behaviour of `base`. */
export function processorSettings(target: number): AutoscalerSettings {
  const { minPods, maxPods } = productionSettings();
  return { metrics: [{ kind: 'cpu', target }], behaviour: baseBehaviour(), minPods, maxPods };
}

function metricOf(trigger: z.infer<typeof Trigger>): Metric {
  return trigger.type === 'cpu'
    ? { kind: 'cpu', target: trigger.metadata.value / 100 }
    : { kind: 'backlog', targetSeconds: trigger.metadata.threshold };
}

/** Of the autoscaler of `base`, which has the processors alone to go by. */
function baseBehaviour(): Behaviour {
  const documents = textOf('base/autoscaling.yaml').split(/^---$/m);
  const autoscalers = documents.map((text) => Autoscaler.parse(parse(text)));
  const ocr = autoscalers.find(({ metadata }) => metadata.name === 'ocr');
  return BehaviourFields.parse(ocr?.spec.behavior);
}

function leastPods(): number {
  const { patches } = Overlay.parse(parse(textOf('overlays/prod/kustomization.yaml')));
  const operations = patches
    .filter(({ target }) => target.kind === 'ScaledObject' && target.name === 'ocr')
    .flatMap(({ patch }) => Operations.parse(parse(patch)));
  return z.number().parse(operations.find(({ path }) => path === '/spec/minReplicaCount')?.value);
}
