import type { MasterKeys } from '@docusnap/blobs';
import type { Unit } from '@docusnap/contracts';
import type { Database } from '@docusnap/db';
import type { Queue } from '@docusnap/queue';
import type { Logger } from '@docusnap/runtime';
import type { Leases } from './lease.ts';
import type { OcrMetrics } from './metrics.ts';
import type { Readers } from './readers/pool.ts';

/** What the work is done with. */
export interface Worker {
  readonly db: Database;
  readonly queue: Queue;
  readonly masterKeys: MasterKeys;
  readonly readers: Readers;
  readonly leases: Leases;
  readonly metrics: OcrMetrics;
  readonly log: Logger;
  /** Names this process in the claims it makes. */
  readonly holder: string;
  readonly maxPixels: number;
  /** Aborted when this process was told to stop: nothing new is begun. */
  readonly stopping: AbortSignal;
  /** Aborted when what was in hand had its time to end: nothing is waited for any more. */
  readonly graceOver: AbortSignal;
}

/** Rings for units that wait. Bells that cannot be rung are no failure of the unit: the sweep rings them. */
export async function ring(worker: Worker, count: number, jobId: string | null): Promise<void> {
  if (count === 0) return;
  try {
    await worker.queue.ring('read', count, { jobId });
  } catch (error) {
    worker.log.warn({ err: error, count }, 'bells could not be rung; the sweep will ring them');
  }
}

/** A unit in log lines: ids and numbers only. */
export function unitNames(unit: Unit) {
  return {
    unit: unit.id,
    job: unit.jobId,
    tenant: unit.tenantId,
    kind: unit.kind,
    file: unit.fileIndex,
    frame: unit.fileFrame,
    attempt: unit.attempt,
  };
}
