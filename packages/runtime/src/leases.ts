import { LEASE } from '@docusnap/contracts';

/** Milliseconds until a renewal that failed is tried again: several tries fit into one lease. */
const RETRY_MS = 2_000;

/** What a lease is on. */
export interface Leased {
  readonly id: string;
}

export interface LeasesOptions<Unit extends Leased> {
  /** One query for all: the ids of those units that are still held. */
  readonly renew: (units: readonly Unit[]) => Promise<ReadonlySet<string>>;
  readonly onError: (error: unknown) => void;
  readonly everyMs?: number;
}

/** A unit in hand. */
export interface Hold {
  /** Another worker has the unit now: what was done for it is not to be saved. */
  isLost(): boolean;
  end(): void;
}

/** Renews the leases of all units in hand for as long as they are. */
export interface Leases<Unit extends Leased> {
  hold(unit: Unit): Hold;
  close(): void;
}

export function openLeases<Unit extends Leased>(options: LeasesOptions<Unit>): Leases<Unit> {
  const everyMs = options.everyMs ?? LEASE.renewSeconds * 1_000;
  const held = new Map<Unit, { lost: boolean }>();
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  const renewAll = async (): Promise<void> => {
    const asked = [...held].filter(([, state]) => !state.lost);
    if (asked.length === 0) return;
    const kept = await options.renew(asked.map(([unit]) => unit));
    for (const [unit, state] of asked) state.lost = !kept.has(unit.id);
  };

  const tick = async (): Promise<void> => {
    let next = everyMs;
    try {
      await renewAll();
    } catch (error) {
      options.onError(error);
      next = Math.min(everyMs, RETRY_MS);
    }
    schedule(next);
  };

  const schedule = (ms: number): void => {
    if (!closed) timer = setTimeout(() => void tick(), ms);
  };
  schedule(everyMs);

  return {
    hold(unit) {
      const state = { lost: false };
      held.set(unit, state);
      return { isLost: () => state.lost, end: () => void held.delete(unit) };
    },
    close() {
      closed = true;
      clearTimeout(timer);
    },
  };
}
