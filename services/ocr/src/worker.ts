import type { BlobStore, MasterKeys } from '@docusnap/blobs';
import type { Lane, Unit } from '@docusnap/contracts';
import type { Database } from '@docusnap/db';
import type { Queue } from '@docusnap/queue';
import { type Leases, type Logger, type Traces, traceIdOf } from '@docusnap/runtime';
import type { LaterRenditions } from './later-renditions.ts';
import type { OcrMetrics } from './metrics.ts';
import type { Rate } from './rate.ts';
import type { Readers } from './readers/pool.ts';
import type { RenditionMarks } from './rendition-marks.ts';

/** What the work is done with. */
export interface Worker {
  readonly db: Database;
  readonly queue: Queue;
  readonly masterKeys: MasterKeys;
  /** To take away what was written for a job that is gone; readers read and write it. */
  readonly blobs: BlobStore;
  readonly readers: Readers;
  readonly leases: Leases<Unit>;
  readonly metrics: OcrMetrics;
  readonly rate: Rate;
  readonly log: Logger;
  readonly traces: Traces;
  /** Names this process in the claims it makes. */
  readonly holder: string;
  readonly maxPixels: number;
  readonly marks: RenditionMarks;
  /** Makes the images of those pages that had better wait. */
  readonly later: LaterRenditions;
  /** Names the programs that read: see reading-version.ts. */
  readonly reading: string;
  /** The job that each reader served last, by its process id: one of a few bytes for each reader there ever was. */
  readonly served: Map<number, string>;
  /** Aborted when this process was told to stop: nothing new is begun. */
  readonly stopping: AbortSignal;
  /** Aborted when what was in hand had its time to end: nothing is waited for any more. */
  readonly graceOver: AbortSignal;
}

/** Rings for units that wait. Bells that cannot be rung are no failure of the unit: the sweep rings them. */
export async function ring(worker: Worker, count: number, jobId: string | null, lane: Lane = 'read'): Promise<void> {
  if (count === 0) return;
  try {
    await worker.queue.ring(lane, count, { jobId });
  } catch (error) {
    worker.log.warn({ err: error, lane, count }, 'bells could not be rung; the sweep will ring them');
  }
}

/** A unit in log lines: ids and numbers only. */
export function unitNames(unit: Unit) {
  return {
    unit: unit.id,
    job: unit.jobId,
    trace_id: traceIdOf(unit.options.trace_parent),
    tenant: unit.tenantId,
    kind: unit.kind,
    file: unit.fileIndex,
    frame: unit.fileFrame,
    attempt: unit.attempt,
  };
}
