import { AppError } from '@docusnap/contracts';

/** Who waits, of all tenants and of one: each may take minutes, and nobody waits for hours. */
const MOST_WAITING = 32;
const MOST_WAITING_OF_TENANT = 8;
/** Seconds after which one more may have had its turn. */
const AGAIN_SECONDS = 10;

/** Turns at something of which only few go at once. */
export interface Turns {
  /**
   * Waits for a turn; gives what ends it. Tenants take turns: one that has a turn already gets another while nobody else waits. Throws `gateway_busy`
   * where too many wait, and the reason of the signal.
   */
  take(tenantId: string, signal: AbortSignal): Promise<() => void>;
}

export function openTurns(atOnce: number): Turns {
  /** By tenant, the one whose turn is next first. */
  const waiting = new Map<string, Set<() => void>>();
  const running: string[] = [];

  const waitingOf = (tenantId: string): number => waiting.get(tenantId)?.size ?? 0;
  const waitingInAll = (): number => [...waiting.values()].reduce((sum, { size }) => sum + size, 0);

  function leave(tenantId: string, one: () => void): void {
    const own = waiting.get(tenantId);
    own?.delete(one);
    if (own?.size === 0) waiting.delete(tenantId);
  }

  function admitNext(): void {
    while (running.length < atOnce) {
      const tenants = [...waiting.keys()];
      const next = tenants.find((tenantId) => !running.includes(tenantId)) ?? tenants[0];
      const own = next === undefined ? undefined : waiting.get(next);
      const [admit] = own ?? [];
      if (next === undefined || !own || !admit) return;
      // To the end of the line, behind the other tenants.
      waiting.delete(next);
      waiting.set(next, own);
      leave(next, admit);
      running.push(next);
      admit();
    }
  }

  return {
    async take(tenantId, signal) {
      signal.throwIfAborted();
      if (running.length >= atOnce) refuseIfTooMany(waitingInAll(), waitingOf(tenantId));
      const { promise, resolve, reject } = Promise.withResolvers<() => void>();
      const end = (): void => {
        running.splice(running.indexOf(tenantId), 1);
        admitNext();
      };
      const admit = (): void => {
        signal.removeEventListener('abort', giveUp);
        resolve(end);
      };
      const giveUp = (): void => {
        leave(tenantId, admit);
        reject(signal.reason);
      };
      signal.addEventListener('abort', giveUp, { once: true });
      const own = waiting.get(tenantId) ?? new Set();
      waiting.set(tenantId, own.add(admit));
      admitNext();
      return promise;
    },
  };
}

function refuseIfTooMany(inAll: number, ofTenant: number): void {
  if (inAll < MOST_WAITING && ofTenant < MOST_WAITING_OF_TENANT) return;
  throw new AppError('gateway_busy', 'Too many searchable PDFs are waited for.', { retryAfter: AGAIN_SECONDS });
}
