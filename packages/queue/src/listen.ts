import { setTimeout as sleep } from 'node:timers/promises';
import { Doorbell, type Lane } from '@docusnap/contracts';
import type { Backend, OpenWorker, WorkerSettings } from './backend.ts';
import type { Listener } from './queue.ts';
import { within } from './within.ts';

/**
 * BullMQ's own idea of a lost worker must never matter: a bell whose handler runs for minutes keeps its lock (renewed every minute), and
 * the bell of a killed worker is delivered once more, which is harmless. It is never failed for that.
 */
const SETTINGS: WorkerSettings = {
  autorun: false,
  lockDuration: 120_000,
  stalledInterval: 60_000,
  maxStalledCount: 1_000,
  // Seconds a worker waits for a bell before it asks again; a bell that comes meanwhile wakes it at once.
  drainDelay: 5,
  // Milliseconds until a call that failed for want of a connection is tried again.
  runRetryDelay: 1_000,
};
const RESTART_MS = 1_000;
/** Milliseconds the farewell to the server may take, after the last handler ended. */
const FAREWELL_MS = 2_000;

interface ListenOptions {
  readonly concurrency: number;
  readonly onBell: (bell: Doorbell) => Promise<void>;
  readonly onError: (error: unknown) => void;
  readonly onHandlerError: (error: unknown) => void;
  /** For tests, which cannot wait for minutes. */
  readonly settings?: WorkerSettings;
}

/** Delivers the bells of a lane until closed; see Queue.listen. */
export function listen(backend: Backend, lane: Lane, options: ListenOptions): Listener {
  const stop = new AbortController();
  const running = new Set<Promise<void>>();
  const { promise: ready, resolve: setReady } = Promise.withResolvers<void>();
  let closing: Promise<void> | null = null;

  async function handle(data: unknown): Promise<void> {
    // A bell of another version still says that there is work.
    const bell = Doorbell.safeParse(data).data ?? { jobId: null };
    const handler = options.onBell(bell).catch(options.onHandlerError);
    running.add(handler);
    await handler.finally(() => running.delete(handler));
  }

  const stopped = new Promise<void>((resolve) => {
    stop.signal.addEventListener('abort', () => resolve(), { once: true });
  });

  /** One worker's life; ended by `close`, or by a failure at its start. */
  async function work(): Promise<void> {
    const open = backend.openWorker(lane, (job) => handle(job.data), {
      ...SETTINGS,
      ...options.settings,
      concurrency: options.concurrency,
    });
    try {
      await Promise.race([open.worker.waitUntilReady(), stopped]);
      if (stop.signal.aborted) return;
      setReady();
      await Promise.race([open.worker.run(), stopped]);
    } finally {
      await leave(open);
    }
  }

  async function leave({ worker, disconnect, cut }: OpenWorker): Promise<void> {
    const closed = worker.close();
    await Promise.all(running);
    // With the server away, what BullMQ wants to tell it would wait for its return: those bells are delivered again later.
    await within(FAREWELL_MS, closed).catch(options.onError);
    cut();
    await within(FAREWELL_MS, disconnect()).catch(options.onError);
  }

  async function keepWorking(): Promise<void> {
    while (!stop.signal.aborted) {
      try {
        await work();
      } catch (error) {
        options.onError(error);
      }
      // An abort ends the pause early, and is what the loop's condition looks at.
      if (!stop.signal.aborted) await sleep(RESTART_MS, undefined, { signal: stop.signal }).catch(() => {});
    }
  }

  const working = keepWorking();

  async function close(): Promise<void> {
    stop.abort();
    setReady();
    await working;
  }

  return {
    ready,
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}
