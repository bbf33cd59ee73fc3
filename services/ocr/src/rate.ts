import { LEASE } from '@docusnap/contracts';

/** Weight of the newest page in the running mean. */
const WEIGHT = 0.1;

/** How fast this process reads: a running mean of the milliseconds for which a page keeps a reader. */
export interface Rate {
  pageRead(ms: number): void;
  /** Null until a page was read. */
  pageMs(): number | null;
}

export function openRate(): Rate {
  let mean: number | null = null;
  return {
    // A page takes some time, also where the clock saw none.
    pageRead: (ms) => {
      const taken = Math.max(ms, 0.01);
      mean = mean === null ? taken : mean + WEIGHT * (taken - mean);
    },
    pageMs: () => mean,
  };
}

export interface ReportingPorts {
  /** Says how fast this process reads just now. */
  readonly report: () => Promise<void>;
  /** Says that it reads no more. */
  readonly withdraw: () => Promise<void>;
  readonly onError: (error: unknown) => void;
}

/**
 * Reports at once and then every few seconds, so that the others can estimate when a job will have ended. Nothing depends on it but estimates:
 * what fails is told, and said again the next time.
 */
export function startReporting(ports: ReportingPorts, options: { everyMs?: number } = {}): { stop(): Promise<void> } {
  const everyMs = options.everyMs ?? LEASE.sweepSeconds * 1_000;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let round = reportOnce();

  async function reportOnce(): Promise<void> {
    await ports.report().catch(ports.onError);
    if (stopped) return;
    timer = setTimeout(() => {
      round = reportOnce();
    }, everyMs);
  }

  return {
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await round;
      await ports.withdraw().catch(ports.onError);
    },
  };
}
