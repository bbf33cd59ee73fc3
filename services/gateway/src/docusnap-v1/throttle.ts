import type { V1Limits } from './limits.ts';

/** How many clients and addresses are remembered; those not seen for longest are forgotten first, and may then begin anew. */
const MOST_REMEMBERED = 10_000;

/** Tokens of one who asks: one is taken with each request, and they grow back steadily. */
interface Bucket {
  tokens: number;
  /** Milliseconds. */
  at: number;
}

export interface Throttle {
  /** Counts a request from an address. False: one too many. */
  takeOfAddress(address: string): boolean;
  /** Counts a request of a client. False: one too many. */
  takeOfClient(client: string): boolean;
}

/** Counts in this process: of several gateways each lets as much through. */
export function openThrottle(limits: V1Limits, now: () => number = () => performance.now()): Throttle {
  const addresses = new Map<string, Bucket>();
  const clients = new Map<string, Bucket>();
  const all = new Map<string, Bucket>();

  function take(buckets: Map<string, Bucket>, name: string, perSecond: number): boolean {
    const most = perSecond * limits.burstSeconds;
    const time = now();
    const before = buckets.get(name) ?? { tokens: most, at: time };
    const tokens = Math.min(most, before.tokens + ((time - before.at) / 1_000) * perSecond);
    const granted = tokens >= 1;
    // Set anew, so that those seen last are last in the map.
    buckets.delete(name);
    buckets.set(name, { tokens: granted ? tokens - 1 : tokens, at: time });
    if (buckets.size > MOST_REMEMBERED) forgetFirst(buckets);
    return granted;
  }

  return {
    takeOfAddress: (address) =>
      (!limits.byAddress || take(addresses, address, limits.requestsPerSecondOfAddress)) &&
      take(all, '', limits.requestsPerSecond),
    takeOfClient: (client) => take(clients, client, limits.requestsPerSecondOfClient),
  };
}

function forgetFirst(buckets: Map<string, Bucket>): void {
  for (const name of buckets.keys()) {
    buckets.delete(name);
    return;
  }
}
