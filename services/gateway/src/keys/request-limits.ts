import { AppError, type Caller } from '@docusnap/contracts';
import { type Database, takeRequests } from '@docusnap/db';

/** The requests that keys and tenants may make in a minute, over all gateways. */
export interface RequestLimits {
  /** Throws `too_many_requests`, which says when there is one again. */
  take(caller: Caller): Promise<void>;
}

/** Requests that this process may let pass without asking. */
interface Bucket {
  left: number;
  /** Let pass since the last slot began: what is asked for next is in proportion. */
  passed: number;
  /** What is left is good until then, by `now`. */
  until: number;
  /** Until then none is granted; and how many seconds to say. */
  refusedUntil: number;
  retryAfter: number;
  asking: Promise<void> | null;
}

/** Part of a limit that one process may hold at a time: a second's worth. */
const HELD_SHARE = 1 / 60;
/** For so long a refusal is repeated without asking, in milliseconds. */
const REFUSAL_MS = 1_000;
/** Subjects that are remembered; those whose slot is over are forgotten first. */
const MOST_SUBJECTS = 10_000;

/**
 * Buckets of each process, filled from counts in PostgreSQL (`take_requests`): a request costs a round trip only when the bucket is empty. No
 * more pass than the limit in any 60 seconds, however many gateways there are. Fewer may: a process takes at most a second's worth at a time,
 * no more than it let pass in the last five seconds, and what it has left when they are over is lost.
 *
 * @param now milliseconds of a clock that never goes back
 */
export function openRequestLimits(db: Database, now: () => number = () => performance.now()): RequestLimits {
  const buckets = new Map<string, Bucket>();

  async function takeOne(tenantId: string, subject: string, most: number): Promise<void> {
    const bucket = bucketOf(subject);
    for (;;) {
      if (now() < bucket.until && bucket.left > 0) {
        bucket.left -= 1;
        bucket.passed += 1;
        return;
      }
      if (now() < bucket.refusedUntil) throw refusal(most, bucket.retryAfter);
      bucket.asking ??= fill(bucket, tenantId, subject, most).finally(() => {
        bucket.asking = null;
      });
      await bucket.asking;
    }
  }

  async function fill(bucket: Bucket, tenantId: string, subject: string, most: number): Promise<void> {
    if (now() >= bucket.until) bucket.passed = 0;
    const wanted = Math.max(1, Math.min(bucket.passed, Math.floor(most * HELD_SHARE)));
    const { granted, forMs, retryAfter } = await takeRequests(db, { tenantId, subject }, { wanted, most });
    bucket.left = granted;
    bucket.until = now() + forMs;
    bucket.retryAfter = retryAfter;
    bucket.refusedUntil = granted === 0 ? now() + REFUSAL_MS : 0;
  }

  function bucketOf(subject: string): Bucket {
    const known = buckets.get(subject);
    if (known) return known;
    if (buckets.size >= MOST_SUBJECTS) {
      for (const [other, { until, asking }] of buckets) if (!asking && until <= now()) buckets.delete(other);
    }
    const bucket = { left: 0, passed: 0, until: 0, refusedUntil: 0, retryAfter: 1, asking: null };
    buckets.set(subject, bucket);
    return bucket;
  }

  return {
    async take({ tenantId, keyId, limits }) {
      const { requests_per_minute: ofKey } = limits.key;
      const { requests_per_minute: ofTenant } = limits.tenant;
      if (keyId !== null && ofKey !== undefined) await takeOne(tenantId, keyId, ofKey);
      if (ofTenant !== undefined) await takeOne(tenantId, tenantId, ofTenant);
    },
  };
}

function refusal(most: number, retryAfter: number): AppError {
  return new AppError('too_many_requests', `The limit is ${most}.`, { retryAfter });
}
