import { hostname } from 'node:os';
import { LEASE } from '@docusnap/contracts';
import { type ClaimedEvent, claimEvents, sweepEvents } from '@docusnap/db';
import { type DeliveryPorts, deliverEvent } from './deliver.ts';

export interface DelivererOptions {
  /** Events in hand at a time in this process. */
  readonly concurrency: number;
  /** Milliseconds between looks for what has become due; what a job's end brings is rung for. */
  readonly pollMs?: number;
  /** Milliseconds between sweeps. */
  readonly sweepMs?: number;
  /** Milliseconds that what is in hand has to end when it is stopped. */
  readonly graceMs?: number;
}

export interface Deliverer {
  /** There may be something to deliver now. */
  ring(): void;
  /** Takes nothing more; waits a moment for what is in hand, and hands the rest back. May be called again. */
  stop(): Promise<void>;
}

const POLL_MS = 1_000;
/** Rings within this time are one claim: a claim takes as many events as there is room for. */
const GATHER_MS = 50;
/** What is in hand when the process stops has so long to end. */
const GRACE_MS = 4_000;
/** One endpoint, or host, has so many requests of ours at a time; and one tenant a share of what one gateway does. */
const MOST_OF_LANE = 4;
const SHARE_OF_TENANT = 4;
/** Who this process is to people who look into the table. */
const HOLDER = `${hostname()}:${process.pid}`;

/** Delivers, until stopped, what is in the outbox: so many at a time, the tenant with the fewest in hand first. Any number of gateways may. */
export function startDeliverer(ports: DeliveryPorts, options: DelivererOptions): Deliverer {
  const { concurrency, pollMs = POLL_MS, sweepMs = LEASE.sweepSeconds * 1_000, graceMs = GRACE_MS } = options;
  const limits = { mostOfTenant: Math.ceil(concurrency / SHARE_OF_TENANT), mostOfLane: MOST_OF_LANE };
  const inHand = new Set<Promise<void>>();
  const handBack = new AbortController();
  let stopped = false;
  let gathering: NodeJS.Timeout | undefined;
  let claiming: Promise<void> | undefined;
  let rungMeanwhile = false;

  const ring = (): void => {
    if (stopped) return;
    if (claiming) rungMeanwhile = true;
    else gathering ??= setTimeout(claim, GATHER_MS);
  };
  const claim = (): void => {
    gathering = undefined;
    claiming = claimOnce().finally(() => {
      claiming = undefined;
      if (rungMeanwhile) ring();
      rungMeanwhile = false;
    });
  };
  const claimOnce = async (): Promise<void> => {
    const most = concurrency - inHand.size;
    if (most === 0) return;
    try {
      for (const event of await claimEvents(ports.db, { holder: HOLDER, most, ...limits })) take(event);
    } catch (err) {
      ports.log.warn({ err }, 'webhook events could not be claimed; trying again');
    }
  };
  const take = (event: ClaimedEvent): void => {
    const delivery = deliverEvent(ports, event, handBack.signal).finally(() => {
      inHand.delete(delivery);
      // There is room again, and perhaps a later event of the same job may follow.
      ring();
    });
    inHand.add(delivery);
  };

  const polling = setInterval(ring, pollMs);
  let sweeping: Promise<void> = Promise.resolve();
  const sweepTimer = setInterval(() => {
    sweeping = sweepOnce(ports, ring);
  }, sweepMs);
  ring();

  const stop = async (): Promise<void> => {
    stopped = true;
    for (const timer of [polling, sweepTimer]) clearInterval(timer);
    clearTimeout(gathering);
    const grace = setTimeout(() => handBack.abort(), graceMs);
    await Promise.all([claiming, sweeping]);
    await Promise.all(inHand);
    clearTimeout(grace);
  };
  let stopping: Promise<void> | undefined;
  return {
    ring,
    stop: () => {
      stopping ??= stop();
      return stopping;
    },
  };
}

async function sweepOnce({ db, log }: DeliveryPorts, ring: () => void): Promise<void> {
  try {
    const swept = await sweepEvents(db);
    if (swept.released > 0) ring();
    if (swept.released + swept.given_up > 0) log.warn({ ...swept }, 'webhook events were put right');
  } catch (err) {
    log.warn({ err }, 'a sweep of webhook events failed; the next one tries again');
  }
}
