import type { Job } from '@docusnap/contracts';

/**
 * Ended jobs as they were read, to be shown again while their version is still the same: that grows with every visible change, and is asked for
 * each time, so that what was erased, retried or understood again anywhere is seen at once.
 */
export interface EndedJobs {
  /** A tenant finds what was read as that tenant. */
  find(tenantId: string, jobId: string): Job | undefined;
  /** Whether anybody may find it. */
  has(jobId: string): boolean;
  keep(job: Job): void;
}

/** Each takes some 3 KiB. */
const MOST_JOBS = 2_000;
/** Files of a job that is kept: one of a thousand takes as much as hundreds of others. */
const MOST_FILES = 10;
/**
 * Milliseconds for which one is shown; it is forgotten within as long again, so that nothing of an erased job is left here a minute later; and a database that was restored to an earlier moment comes to the same
 * version by another way no sooner.
 */
const KEPT_MS = 30_000;

export function openEndedJobs(now: () => number = () => performance.now()): EndedJobs {
  /** By id, the oldest first. */
  const kept = new Map<string, { readonly job: Job; readonly until: number }>();
  let timer: NodeJS.Timeout | undefined;

  function forget(): void {
    timer = undefined;
    for (const [jobId, { until }] of kept) {
      if (until > now()) break;
      kept.delete(jobId);
    }
    forgetLater();
  }

  function forgetLater(): void {
    if (timer === undefined && kept.size > 0) timer = setTimeout(forget, KEPT_MS).unref();
  }

  return {
    find: (tenantId, jobId) => {
      const found = kept.get(jobId);
      return found && found.job.tenantId === tenantId && found.until > now() ? found.job : undefined;
    },
    has: (jobId) => kept.has(jobId),
    keep: (job) => {
      if (job.files.length > MOST_FILES) return;
      // It is given an expiry later, which is no new version: it ended before there were any (fill_expiries).
      if (job.expiresAt === null) return;
      kept.delete(job.id);
      if (kept.size >= MOST_JOBS) kept.delete(kept.keys().next().value ?? '');
      kept.set(job.id, { job, until: now() + KEPT_MS });
      forgetLater();
    },
  };
}
