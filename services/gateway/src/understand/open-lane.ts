import type { BlobStore, MasterKeys } from '@docusnap/blobs';
import { type Database, listenForStopped, renewUnderstandings } from '@docusnap/db';
import type { Queue } from '@docusnap/queue';
import { type Lifecycle, type Logger, type Metrics, openLeases, type Traces } from '@docusnap/runtime';
import { type LeasedUnderstanding, understandNext } from './lane.ts';
import { openUnderstandMetrics } from './metrics.ts';
import type { ModelConfig } from './model/open-language-model.ts';
import { openUnderstander } from './understander.ts';

/** One job may take so long, with all questions to a language model: longer than its document's parts would ever need. */
const MOST_MS = 30 * 60_000;
/** Milliseconds that what is in hand has to be handed back when the process stops. */
const GRACE_MS = 5_000;

export interface LanePorts {
  /** As the role docusnap_worker. */
  readonly db: Database;
  /** PostgreSQL itself, for notifications. */
  readonly directUrl: string;
  readonly queue: Queue;
  readonly blobs: BlobStore;
  readonly masterKeys: MasterKeys;
  readonly lifecycle: Lifecycle;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly traces: Traces;
}

/** Begins to take jobs that wait to be understood, so many at a time; stops with the process. */
export async function openLane(
  { db, directUrl, queue, blobs, masterKeys, lifecycle, log, metrics, traces }: LanePorts,
  { model, concurrency }: { readonly model: ModelConfig; readonly concurrency: number },
): Promise<void> {
  const understander = openUnderstander({ model, mostMs: MOST_MS });
  lifecycle.onStop('understanding thread', understander.close);
  const leases = openLeases<LeasedUnderstanding>({
    renew: (units) => renewUnderstandings(db, units),
    onError: (err) => log.warn({ err }, 'leases could not be renewed; trying again'),
  });
  lifecycle.onStop('leases of understandings', leases.close);
  const stopped = await listenForStopped(directUrl, (jobId) => leases.check((unit) => unit.jobId === jobId), {
    onReconnect: () => leases.check(() => true),
    onError: (err) => log.warn({ err }, 'the connection broke that tells of cancelled jobs; it comes back by itself'),
  });
  lifecycle.onStop('notifications of cancelled jobs', () => stopped.close());
  const measures = openUnderstandMetrics(metrics);
  const { stopping } = lifecycle;
  const lane = { db, blobs, masterKeys, understander, leases, log, metrics: measures, traces, stopping };
  const listener = queue.listen('understand', concurrency, () => understandNext(lane));
  lifecycle.onStop('understandings in hand', () => closeWithin(GRACE_MS, listener.close()));
  await listener.ready;
  log.info({ engine: model ? model.model : 'rules', concurrency }, 'understanding');
}

async function closeWithin(ms: number, closed: Promise<void>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  await Promise.race([closed, promise]);
  clearTimeout(timer);
}
