import { isIPv6 } from 'node:net';
import { AppError } from '@docusnap/contracts';

/** Attempts to sign in that one address may make at once, and seconds after which it has another one. */
const MOST = 10;
const SECONDS_EACH = 6;
/** Addresses that are remembered; those not seen for longest are forgotten first, and may then begin anew. */
const MOST_ADDRESSES = 10_000;

export interface SignInAttempts {
  /** Throws `too_many_sign_ins`. */
  take(address: string): void;
}

/**
 * Counts in this process. What is tried has 256 bits, so nobody finds it by trying: this keeps those off who would have the database look all day.
 *
 * @param now milliseconds of a clock that never goes back
 */
export function openSignInAttempts(now: () => number = () => performance.now()): SignInAttempts {
  /** When an address would have all its attempts again. */
  const fullAt = new Map<string, number>();
  return {
    take(address) {
      const network = networkOf(address);
      const time = now();
      const full = Math.max(fullAt.get(network) ?? 0, time) + SECONDS_EACH * 1_000;
      const over = full - time - MOST * SECONDS_EACH * 1_000;
      if (over > 0) throw new AppError('too_many_sign_ins', undefined, { retryAfter: Math.ceil(over / 1_000) });
      // Set anew, so that those seen last are last in the map.
      fullAt.delete(network);
      fullAt.set(network, full);
      if (fullAt.size > MOST_ADDRESSES) for (const first of fullAt.keys()) return void fullAt.delete(first);
    },
  };
}

/** Of IPv6 the half that one customer is given whole. */
function networkOf(address: string): string {
  if (!isIPv6(address) || address.includes('.')) return address;
  const [left = '', right] = address.split('::');
  const groups = left.split(':').filter(Boolean);
  const after = right?.split(':').filter(Boolean) ?? [];
  const whole =
    right === undefined ? groups : [...groups, ...Array(8 - groups.length - after.length).fill('0'), ...after];
  return whole.slice(0, 4).join(':');
}
