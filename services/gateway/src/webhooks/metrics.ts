import type { DeliveryOutcome } from '@docusnap/contracts';
import type { Metrics } from '@docusnap/runtime';

export interface WebhookMetrics {
  /** An attempt ended, so many seconds after its event. */
  ended(outcome: DeliveryOutcome, seconds: number): void;
}

export interface WebhookSources {
  /** Asked for at each scrape; null when it cannot be told just now. */
  readonly waiting: () => Promise<{ readonly waiting: number; readonly oldestSeconds: number } | null>;
}

/** From at once to the last attempt, a day later. */
const SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3_600, 21_600, 86_400];

export function openWebhookMetrics(metrics: Metrics, sources: WebhookSources): WebhookMetrics {
  const attempts = metrics.counter({
    name: 'docusnap_webhook_deliveries_total',
    help: 'Attempts at delivering events to webhooks, by how they ended: delivered, again, given_up.',
    labelNames: ['outcome'],
  });
  const lag = metrics.histogram({
    name: 'docusnap_webhook_lag_seconds',
    help: 'Time from an event to its delivery.',
    buckets: SECONDS,
  });
  // All measures of a scrape are asked for at once: both are of one look.
  let look: ReturnType<WebhookSources['waiting']> | undefined;
  const lookOnce = () => {
    look ??= sources.waiting().finally(() => {
      look = undefined;
    });
    return look;
  };
  metrics.gauge({
    name: 'docusnap_webhook_events_waiting',
    help: 'Events that are due and not in hand, over all gateways. No series while the database is away.',
    async collect() {
      const found = await lookOnce();
      if (found) this.set(found.waiting);
      else this.remove();
    },
  });
  metrics.gauge({
    name: 'docusnap_webhook_oldest_waiting_seconds',
    help: 'For how long the event has been due that has been longest, over all gateways; 0 when none is.',
    async collect() {
      const found = await lookOnce();
      if (found) this.set(found.oldestSeconds);
      else this.remove();
    },
  });
  return {
    ended: (outcome, seconds) => {
      attempts.inc({ outcome });
      if (outcome === 'delivered') lag.observe(seconds);
    },
  };
}
