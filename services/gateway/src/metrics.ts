import type { Metrics } from '@docusnap/runtime';

export interface GatewayMetrics {
  /** One request ended; `route` is its template, so that ids make no new series. */
  requestEnded(labels: { route: string; method: string; status: number }, seconds: number): void;
}

export interface UnitCounts {
  readonly waiting: number;
  readonly held: number;
  /** Null when none waits. */
  readonly oldestWaitingSeconds: number | null;
}

export interface MetricSources {
  /** Asked for at each scrape; null when it cannot be told just now. */
  readonly unitCounts: () => Promise<UnitCounts | null>;
  readonly heldPolls: () => number;
}

/** From a millisecond, the time of a poll, to the longest wait. */
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

export function openGatewayMetrics(metrics: Metrics, sources: MetricSources): GatewayMetrics {
  const requests = metrics.counter({
    name: 'docusnap_http_requests_total',
    help: 'Requests that ended, by route, method and status.',
    labelNames: ['route', 'method', 'status'],
  });
  const durations = metrics.histogram({
    name: 'docusnap_http_request_duration_seconds',
    help: 'Time from the request head to the end of the answer; held polls and streams last as long as they are held.',
    labelNames: ['route', 'method'],
    buckets: SECONDS,
  });
  metrics.gauge({
    name: 'docusnap_held_requests',
    help: 'Polls and event streams that wait for news just now.',
    collect() {
      this.set(sources.heldPolls());
    },
  });
  const oldest = metrics.gauge({
    name: 'docusnap_units_oldest_waiting_seconds',
    help: 'Age of the unit of work that has waited longest; 0 when none waits.',
  });
  metrics.gauge({
    name: 'docusnap_units',
    help: 'Units of work by state: waiting to be claimed, or held by a worker. No series while the database is away.',
    labelNames: ['state'],
    async collect() {
      this.reset();
      oldest.reset();
      const counts = await sources.unitCounts();
      if (!counts) {
        oldest.remove();
        return;
      }
      this.set({ state: 'waiting' }, counts.waiting);
      this.set({ state: 'held' }, counts.held);
      oldest.set(counts.oldestWaitingSeconds ?? 0);
    },
  });
  return {
    requestEnded: ({ route, method, status }, seconds) => {
      requests.inc({ route, method, status });
      durations.observe({ route, method }, seconds);
    },
  };
}
