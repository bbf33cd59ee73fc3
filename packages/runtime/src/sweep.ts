import { LANES, type Lane, LEASE } from '@docusnap/contracts';
import type { Logger } from './log.ts';

/** Seconds for which one sweep serves all processes: less than between two of each, so that the process that swept last can lead again. */
export const SWEEP_TURN_SECONDS = LEASE.sweepSeconds - 1;

/** What one round of the sweep did, as the database says it. */
export interface Swept {
  /** Units whose lease had run out and that wait again. */
  readonly released: number;
  /** Units given up after too many claims. */
  readonly exhausted: number;
  /** By how many what is claimable in a lane outnumbers the bells there. */
  readonly toRing: Readonly<Record<Lane, number>>;
}

export interface SweepPorts {
  /** One round in the database; null when another process is at it. */
  readonly sweep: () => Promise<Swept | null>;
  readonly ring: (lane: Lane, count: number) => Promise<void>;
  readonly log: Logger;
}

export interface Sweep {
  /** Starts no more rounds and resolves when the one that runs has ended. */
  stop(): Promise<void>;
}

/**
 * Sweeps every few seconds until stopped, so that units lost with their workers are read again and bells that went missing are rung again.
 * Every process may run it: the database lets one at a time. A round that fails is logged, and the next one tries again.
 *
 * @param options.everyMs milliseconds from the end of one round to the beginning of the next
 */
export function startSweep(ports: SweepPorts, options: { everyMs?: number } = {}): Sweep {
  const everyMs = options.everyMs ?? LEASE.sweepSeconds * 1_000;
  let stopped = false;
  let round: Promise<void> = Promise.resolve();
  let timer = setTimeout(next, everyMs);

  function next(): void {
    round = sweepOnce(ports).finally(() => {
      if (!stopped) timer = setTimeout(next, everyMs);
    });
  }

  return {
    stop: () => {
      stopped = true;
      clearTimeout(timer);
      return round;
    },
  };
}

async function sweepOnce({ sweep, ring, log }: SweepPorts): Promise<void> {
  try {
    const swept = await sweep();
    if (!swept) return;
    if (swept.released > 0 || swept.exhausted > 0) log.warn({ ...swept }, 'units were lost by their workers');
    for (const lane of LANES) if (swept.toRing[lane] > 0) await ring(lane, swept.toRing[lane]);
  } catch (err) {
    log.error({ err }, 'a round of the sweep failed; the next one tries again');
  }
}
