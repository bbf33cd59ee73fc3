import { renewUnderstandings } from '@docusnap/db';
import { type Metrics, openLeases, openMetrics } from '@docusnap/runtime';
import type { TestGateway } from '../test-gateway.ts';
import type { Lane, LeasedUnderstanding } from './lane.ts';
import { openUnderstandMetrics } from './metrics.ts';
import type { ModelConfig } from './model/open-language-model.ts';
import { openUnderstander, type Understander } from './understander.ts';

/** A busy machine may need half a minute to start the thread. */
export const MOST_MS = 170_000;

export interface TestLane {
  readonly lane: Lane;
  readonly metrics: Metrics;
  close(): Promise<void>;
}

/** A lane beside a gateway, that is told when to take a job. */
export function openTestLane(
  gateway: TestGateway,
  model: ModelConfig = null,
  options: { mostMs?: number; stopping?: AbortSignal; understander?: Understander | undefined } = {},
): TestLane {
  const understander = options.understander ?? openUnderstander({ model, mostMs: options.mostMs ?? MOST_MS });
  const leases = openLeases<LeasedUnderstanding>({
    everyMs: 100,
    renew: (units) => renewUnderstandings(gateway.worker, units),
    onError: () => undefined,
  });
  const { blobs, masterKeys, log, traces } = gateway.ports;
  const metrics = openMetrics();
  const stopping = options.stopping ?? new AbortController().signal;
  const measures = openUnderstandMetrics(metrics);
  return {
    lane: { db: gateway.worker, blobs, masterKeys, understander, leases, log, metrics: measures, traces, stopping },
    metrics,
    close: async () => {
      await leases.close();
      // One that was given is its giver's.
      if (!options.understander) await understander.close();
    },
  };
}

/** A language model at an address. */
export const modelAt = (baseUrl: string, { timeoutSeconds = 600, vision = false } = {}) => ({
  baseUrl,
  model: 'm',
  apiKey: null,
  contextTokens: 8_192,
  timeoutSeconds,
  vision,
});
