import { LEASE } from '@docusnap/contracts';

/** Milliseconds until a renewal that failed is tried again: several tries fit into one lease. */
const RETRY_MS = 2_000;
/** Milliseconds after which it is looked whether units are held still, where somebody said that they may not be. */
const CHECKS_MS = [0, 1_000] as const;
/** Milliseconds between looks at what is held for longer than that, where there is a way to look. What is held for less is never asked about. */
const LOOK_MS = 1_000;

/** What a lease is on. */
export interface Leased {
  readonly id: string;
}

export interface LeasesOptions<Unit extends Leased> {
  /** One query for all: the ids of those units that are still held. */
  readonly renew: (units: readonly Unit[]) => Promise<ReadonlySet<string>>;
  /** The same, but changes nothing: for who is not told at once that work became vain. */
  readonly look?: (units: readonly Unit[]) => Promise<ReadonlySet<string>>;
  readonly onError: (error: unknown) => void;
  readonly everyMs?: number;
  readonly lookMs?: number;
}

/** A unit in hand. */
export interface Hold {
  /** Another worker has the unit now: what was done for it is not to be saved. */
  isLost(): boolean;
  end(): void;
}

/** Renews the leases of all units in hand for as long as they are. */
export interface Leases<Unit extends Leased> {
  /** `onLost` is called at most once, and not after the end. */
  hold(unit: Unit, options?: { readonly onLost?: () => void }): Hold;
  /** Looks at once whether these are still held, and once more a moment later: a claim may be on its way that was made before they were lost. */
  check(which: (unit: Unit) => boolean): void;
  close(): void;
}

export function openLeases<Unit extends Leased>(options: LeasesOptions<Unit>): Leases<Unit> {
  const everyMs = options.everyMs ?? LEASE.renewSeconds * 1_000;
  const held = new Map<Unit, { lost: boolean; readonly onLost: (() => void) | undefined; readonly since: number }>();
  const checking = new Set<NodeJS.Timeout>();
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  const ask = async (how: LeasesOptions<Unit>['renew'], which: (unit: Unit) => boolean): Promise<void> => {
    const asked = [...held].filter(([unit, state]) => !state.lost && which(unit));
    if (asked.length === 0) return;
    const kept = await how(asked.map(([unit]) => unit));
    for (const [unit, state] of asked) {
      if (state.lost || kept.has(unit.id)) continue;
      state.lost = true;
      if (held.has(unit)) state.onLost?.();
    }
  };
  const renew = (which: (unit: Unit) => boolean): Promise<void> => ask(options.renew, which);
  const renewAll = (): Promise<void> => renew(() => true);

  const lookMs = options.lookMs ?? LOOK_MS;
  let looking: NodeJS.Timeout | undefined;
  /** Goes on for as long as anything is held. */
  const lookLater = (): void => {
    if (options.look === undefined || closed) return;
    looking ??= setTimeout(look, lookMs);
  };
  const look = async (): Promise<void> => {
    const before = performance.now() - lookMs;
    await ask(options.look ?? options.renew, (unit) => (held.get(unit)?.since ?? before) < before).catch(
      options.onError,
    );
    looking = undefined;
    if (held.size > 0) lookLater();
  };

  const checkIn = (ms: number, which: (unit: Unit) => boolean): void => {
    const later = setTimeout(() => {
      checking.delete(later);
      renew(which).catch(options.onError);
    }, ms);
    checking.add(later);
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
    hold(unit, { onLost } = {}) {
      const state = { lost: false, onLost, since: performance.now() };
      held.set(unit, state);
      lookLater();
      return { isLost: () => state.lost, end: () => void held.delete(unit) };
    },
    check(which) {
      if (closed) return;
      for (const ms of CHECKS_MS) checkIn(ms, which);
    },
    close() {
      closed = true;
      clearTimeout(timer);
      clearTimeout(looking);
      for (const later of checking) clearTimeout(later);
    },
  };
}
