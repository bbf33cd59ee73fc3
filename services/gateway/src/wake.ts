import type { JobVersion } from '@docusnap/db';

/** What waiting needs of the database; ids that are absent from the answer are jobs that are gone. */
export interface WakePorts {
  readonly jobVersions: (ids: readonly string[]) => Promise<ReadonlyMap<string, JobVersion>>;
  readonly onError: (error: unknown) => void;
  /** Aborted when the process stops: every wait ends then. */
  readonly stopping: AbortSignal;
}

export interface WaitOptions {
  /** What the caller has seen: a later version is news. */
  readonly after: number;
  /** The first news, or only the end. */
  readonly until: 'change' | 'end';
  readonly timeoutMs: number;
  /** Aborted when the client goes away. */
  readonly signal: AbortSignal;
}

/**
 * Holds polls and streams until their job changes, without a connection or transaction for each. A notification says what its job has come
 * to; a reconnect of the listening connection and a timer make it look at the versions of all jobs that are waited for in one query.
 */
export interface Wake {
  /** Resolves when there is news, the job is gone, time is up, the signal is aborted or the process stops; the caller reads the job again. */
  wait(jobId: string, options: WaitOptions): Promise<void>;
  /** A job changed, as a notification says; without what it has come to, that is looked up. */
  notify(jobId: string, now?: JobVersion): void;
  /** Notifications may have been missed: looks at every job that is waited for. */
  notifyAll(): void;
  /** Waits held just now. */
  held(): number;
}

/** Between looks at all jobs that are waited for, in case a notification was lost. */
const RECHECK_MS = 2_000;

interface Waiter {
  readonly after: number;
  readonly until: WaitOptions['until'];
  readonly wake: () => void;
}

export function openWake(ports: WakePorts): Wake {
  const waiting = new Map<string, Set<Waiter>>();
  let held = 0;
  let due = new Set<string>();
  let looking = false;
  let timer: NodeJS.Timeout | undefined;

  const look = async (): Promise<void> => {
    if (looking) return;
    looking = true;
    try {
      while (due.size > 0) {
        const ids = [...due];
        due = new Set();
        wakeThoseWithNews(ids, await ports.jobVersions(ids));
      }
    } catch (error) {
      // The waits stay held: the timer looks again, and a client whose time is up is told that the database is away.
      ports.onError(error);
    } finally {
      looking = false;
    }
  };

  const wakeThoseWithNews = (ids: readonly string[], versions: ReadonlyMap<string, JobVersion>): void => {
    for (const id of ids) {
      const now = versions.get(id);
      for (const waiter of waiting.get(id) ?? []) {
        const news = !now || now.ended || (waiter.until === 'change' && now.version > waiter.after);
        if (news) waiter.wake();
      }
    }
  };

  const notify = (jobId: string, now?: JobVersion): void => {
    if (!waiting.has(jobId)) return;
    if (now) {
      wakeThoseWithNews([jobId], new Map([[jobId, now]]));
      return;
    }
    due.add(jobId);
    void look();
  };
  const notifyAll = (): void => {
    for (const id of waiting.keys()) due.add(id);
    void look();
  };
  const enter = (jobId: string, waiter: Waiter): void => {
    const others = waiting.get(jobId);
    if (others) others.add(waiter);
    else waiting.set(jobId, new Set([waiter]));
    held += 1;
    timer ??= setInterval(notifyAll, RECHECK_MS);
  };
  const leave = (jobId: string, waiter: Waiter): void => {
    const others = waiting.get(jobId);
    others?.delete(waiter);
    if (others?.size === 0) waiting.delete(jobId);
    held -= 1;
    if (held === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };

  ports.stopping.addEventListener('abort', () => {
    for (const waiters of waiting.values()) for (const waiter of waiters) waiter.wake();
  });

  return {
    notify,
    notifyAll,
    held: () => held,
    wait: async (jobId, { after, until, timeoutMs, signal }) => {
      if (signal.aborted || ports.stopping.aborted) return;
      const { promise: woken, resolve } = Promise.withResolvers<void>();
      const wake = (): void => resolve();
      const waiter: Waiter = { after, until, wake };
      const timeout = setTimeout(wake, timeoutMs);
      signal.addEventListener('abort', wake, { once: true });
      enter(jobId, waiter);
      // The job may have changed after the caller read it and before this wait was known: one look closes that gap.
      notify(jobId);
      await woken;
      clearTimeout(timeout);
      signal.removeEventListener('abort', wake);
      leave(jobId, waiter);
    },
  };
}
