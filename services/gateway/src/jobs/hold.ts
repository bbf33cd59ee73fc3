import { hasEnded, type Job, LIMITS } from '@docusnap/contracts';
import { pollJob } from '@docusnap/db';
import type { Response } from 'express';
import { z } from 'zod';
import type { Ports } from '../ports.ts';

/** `?wait=N`. */
export const WaitQuery = z.strictObject({
  wait: z.coerce
    .number()
    .int()
    .min(0)
    .max(LIMITS.waitSeconds)
    .default(0)
    .describe('Seconds to hold the answer for at most, until there is something to tell.'),
});

export interface HoldOptions {
  readonly seconds: number;
  /** `end`: until the job has ended. `change`: until its version is none that was seen. */
  readonly until: { readonly kind: 'end' } | { readonly kind: 'change'; readonly isSeen: (version: number) => boolean };
  /** Asked for once there is something to wait for. */
  readonly gone: () => AbortSignal;
  /** As `versionAhead` gave it for this request. */
  readonly version?: Promise<number | null> | undefined;
}

/**
 * A job once it is as asked for, or as it is when the time is up, the client is gone or the process stops. Nothing is held in the database
 * meanwhile. `known` is the job where it has just been read. Throws `job_not_found`, also when it is erased while held.
 */
export async function holdJob(
  ports: Ports,
  tenantId: string,
  jobId: string,
  options: HoldOptions,
  known?: Job,
): Promise<Job> {
  const until = performance.now() + options.seconds * 1_000;
  let job = known ?? (await pollJob(ports.db, tenantId, jobId, options));
  if (options.seconds === 0 || isAsAskedFor(job, options)) return job;
  const signal = options.gone();
  while (!isAsAskedFor(job, options)) {
    const timeoutMs = until - performance.now();
    if (timeoutMs <= 0 || signal.aborted || ports.stopping.aborted) break;
    await ports.wake.wait(jobId, { after: job.version, until: options.until.kind, timeoutMs, signal });
    job = await pollJob(ports.db, tenantId, jobId);
  }
  return job;
}

function isAsAskedFor(job: Job, { until }: HoldOptions): boolean {
  return hasEnded(job.status) || (until.kind === 'change' && !until.isSeen(job.version));
}

/** Aborted when the client closes the connection before it was answered, and where it has. */
export function clientGone(response: Response): AbortSignal {
  const gone = new AbortController();
  if (response.destroyed) gone.abort();
  response.on('close', () => {
    // Of every answer: an abort makes an error with its stack, and after the answer nobody looks.
    if (!response.writableFinished) gone.abort();
  });
  return gone.signal;
}
