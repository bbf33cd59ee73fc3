import type { OutgoingEvent } from '@docusnap/contracts';

/** Seconds to the second attempt; three times as many before each later one, up to six hours, and up to a fifth more by chance. */
const FIRST_WAIT_SECONDS = 5;
const FACTOR = 3;
const MOST_WAIT_SECONDS = 6 * 3_600;
const JITTER = 0.2;

export interface Clock {
  readonly now: () => Date;
  /** From 0 to 1. */
  readonly random: () => number;
}

/**
 * When an event whose attempt failed is tried again: after 5 s, 15 s, 45 s and so on, never before the receiver wants it, and for the last time as its
 * 24 hours end. Null: that was the last time.
 *
 * @param retryAt when the receiver wants to be asked again, where it said so
 */
export function nextAttempt(
  { tries, expiresAt }: Pick<OutgoingEvent, 'tries' | 'expiresAt'>,
  { now, random }: Clock,
  retryAt: Date | null,
): Date | null {
  const time = now().getTime();
  if (time >= expiresAt.getTime()) return null;
  const wait = Math.min(MOST_WAIT_SECONDS, FIRST_WAIT_SECONDS * FACTOR ** (tries - 1)) * (1 + JITTER * random());
  const next = Math.max(time + wait * 1_000, retryAt?.getTime() ?? 0);
  return new Date(Math.min(next, expiresAt.getTime()));
}

/** Date.parse would take a lone number for a year. */
const HTTP_DATE = /^[A-Za-z]{3,9},? .* GMT$/;

/** When `Retry-After`, seconds or a date, says; null where it says nothing that can be read. */
export function retryAfterOf(header: string | undefined, now: Date): Date | null {
  if (header === undefined) return null;
  if (/^\d{1,9}$/.test(header)) return new Date(now.getTime() + Number(header) * 1_000);
  const time = HTTP_DATE.test(header) ? Date.parse(header) : Number.NaN;
  return Number.isNaN(time) ? null : new Date(time);
}
