import type { MasterKeys } from '@docusnap/blobs';
import { closeDatabase, connectionCounts, openDatabase, waitingEvents } from '@docusnap/db';
import type { ConnectionsWatch, Lifecycle, Logger, Metrics, Traces } from '@docusnap/runtime';
import type { Reach } from '../fetch/reach.ts';
import { startDeliverer } from './deliverer.ts';
import { openWebhookMetrics } from './metrics.ts';

/** Connections that deliveries share: each uses one for a moment before and after its request. */
const POOL_SIZE = 2;
/** One attempt, all in all: below half a lease. */
const ATTEMPT_MS = 15_000;

export interface WebhookPorts {
  /** As docusnap_worker. */
  readonly databaseUrl: string;
  readonly masterKeys: MasterKeys;
  readonly reach: Reach;
  readonly lifecycle: Lifecycle;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly connections: ConnectionsWatch;
  readonly traces: Traces;
}

/** Begins to deliver events, so many at a time; stops with the process. Gives what to call when a job has ended. */
export function openWebhooks(
  { databaseUrl, masterKeys, reach, lifecycle, log, metrics, connections, traces }: WebhookPorts,
  { concurrency }: { readonly concurrency: number },
): () => void {
  const onError = (err: unknown): void => log.warn({ err }, 'a connection in the background failed');
  const db = openDatabase(databaseUrl, { applicationName: 'docusnap-gateway-webhooks', poolSize: POOL_SIZE, onError });
  lifecycle.onStop('webhook database', () => closeDatabase(db));
  connections.add('webhooks', () => connectionCounts(db));
  const waiting = () =>
    waitingEvents(db).catch((error: unknown) => {
      onError(error);
      return null;
    });
  const measures = openWebhookMetrics(metrics, { waiting });
  const deliverer = startDeliverer(
    {
      db,
      masterKeys,
      reach: { ...reach, totalMs: ATTEMPT_MS },
      log,
      metrics: measures,
      traces,
      now: () => new Date(),
      random: Math.random,
    },
    { concurrency },
  );
  lifecycle.onStop('webhooks', deliverer.stop);
  // At once, while requests still end: what hangs has less time together than a process has to stop.
  lifecycle.stopping.addEventListener('abort', () => void deliverer.stop(), { once: true });
  return deliverer.ring;
}
