import { AppError, type ModelVersions, type StageTimes } from '@docusnap/contracts';
import type { Recall, Reply, Request } from '../reader/messages.ts';
import type { PassesFor } from './passes.ts';
import { type ReaderProcess, startReaderProcess } from './process.ts';
import { openSeats } from './seats.ts';
import { openSlot, type RecycleReason, type Slot } from './slot.ts';
import { type Grant, openThreads } from './threads.ts';
import { JOBS_PER_DIRECT, openTurns, type ReaderLane } from './turns.ts';

/** Milliseconds a reader that a unit gave back waits for the next unit, when it is a unit's turn and only direct callers wait. */
const HANDOVER_MS = 25;
/** Milliseconds without work after which a reader may be lent to what can wait: between two pages of a document there are a few. */
const IDLE_MS = 100;
/** Weight of the newest request in the running mean of reading times. */
const MEAN_WEIGHT = 0.2;

export interface ReadersOptions {
  readonly count: number;
  /** Requests that one process takes at once, each in the name of a reader of its own; 1 where absent. */
  readonly seats?: number;
  /** Inference threads one page may have while other readers are idle. */
  readonly pageThreads: number;
  /** Requests after which a reader is replaced. */
  readonly maxPages: number;
  /** Resident memory, in bytes, above which a reader is replaced. */
  readonly maxRssBytes: number;
  /** Milliseconds one request may take. */
  readonly pageTimeoutMs: number;
  /** Milliseconds from a reader's start to `ready`. */
  readonly startTimeoutMs: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly script: URL;
  /** What a request needs of a store that readers hold no credentials for. */
  readonly passesFor?: PassesFor | undefined;
  readonly onRecycle: (reason: RecycleReason, pid: number, sentence: string) => void;
  readonly onStartFailed: (error: unknown, retryMs: number) => void;
}

export interface LoanAskOptions {
  readonly recall?: Recall | undefined;
  /** Whether it may have cost a reader before: then no other is read in the same process meanwhile, which it would take along. */
  readonly alone?: boolean;
}

/** A reader lent to one caller, who gives it back whatever happens. */
export interface Loan {
  readonly pid: number;
  /** Throws the reader's AppError, or ReaderLost when the reader is gone before it answered. */
  ask<R extends Request>(request: R, options?: LoanAskOptions): Promise<Reply<R>>;
  /**
   * What it is asked just now is in vain. A page may have as long to end as a new reader would take to start; then the reader is ended, and the request
   * throws ReaderLost 'stopped'. So it is free after twice the time that the better of the two would have taken, at most.
   *
   * @returns takes that back
   */
  hurry(): () => void;
  /** A second call does nothing. */
  giveBack(): void;
}

/** What the readers are doing, for health and metrics. */
export interface ReadersState {
  readonly count: number;
  readonly ready: number;
  readonly busy: number;
  readonly waiting: Readonly<Record<ReaderLane, number>>;
  readonly provider: string;
  readonly models: ModelVersions;
  /** Where the time of the first one's start went: milliseconds by step. */
  readonly start: StageTimes;
  /** The processes that are alive: the places (first ones, of several seats), from 1, which their successors take over; and their resident memory in bytes. */
  readonly alive: readonly { readonly number: number; readonly pid: number; readonly rss: number }[];
  /** For how long readers have been lent, added up over all of them. */
  readonly busySeconds: number;
}

export interface Readers {
  /** Waits for a free reader. Throws shutting_down; rejects with the signal's reason when the caller gives up. */
  borrow(lane: ReaderLane, options?: { signal?: AbortSignal }): Promise<Loan>;
  /** A reader, when nobody waits for one and none has been given back for a moment; never waits itself. */
  borrowIdle(): Loan | undefined;
  state(): ReadersState;
  /** Seconds until a direct caller who comes now may hope for a reader, from measured reading times; at least 1. */
  directWaitSeconds(): number;
  /** Ends all readers at once; requests in hand throw ReaderLost 'stopped'. */
  close(): Promise<void>;
}

interface Waiter {
  readonly grant: (loan: Loan) => void;
  readonly refuse: (error: unknown) => void;
}

/** Starts the readers and waits until each has loaded its models. Throws ReaderUnable or ReaderLost when one cannot start. */
export async function openReaders(options: ReadersOptions): Promise<Readers> {
  const turns = openTurns<Waiter>();
  const threads = openThreads<object>({ readers: options.count, most: options.pageThreads });
  let closed = false;
  let meanMs = 1_000;
  /** Milliseconds that the last start of a reader took. */
  let startMs = 0;
  /** Until then (as of `performance.now`) an idle reader waits for the next unit. */
  let reservedUntil = 0;
  /** When a reader was last given back by those whose work cannot wait, as of `performance.now`. */
  let lastWork = 0;

  /** Process ids of those that are being replaced, which each of their seats says. */
  const replaced = new Set<number>();
  const startProcess = async (signal: AbortSignal): Promise<ReaderProcess> => {
    const begun = performance.now();
    const reader = await startReaderProcess({
      script: options.script,
      environment: options.environment,
      passesFor: options.passesFor,
      startTimeoutMs: options.startTimeoutMs,
      requestTimeoutMs: options.pageTimeoutMs,
      signal,
    });
    startMs = performance.now() - begun;
    // All its seats have heard of its end by then.
    void reader.gone.then(() => setImmediate(() => replaced.delete(reader.pid)));
    return reader;
  };
  const { seats = 1 } = options;
  const isDue = (reader: ReaderProcess) => reader.answered() >= options.maxPages || reader.rss() > options.maxRssBytes;
  const startReader = seats === 1 ? startProcess : openSeats({ start: startProcess, seats, isDue });

  const slots: Slot[] = Array.from({ length: options.count }, () =>
    openSlot({
      start: startReader,
      maxPages: options.maxPages,
      maxRssBytes: options.maxRssBytes,
      onIdle: () => serve(),
      onRecycle(reason, { pid }, sentence) {
        if (!replaced.has(pid)) options.onRecycle(reason, pid, sentence);
        replaced.add(pid);
      },
      onStartFailed: options.onStartFailed,
    }),
  );

  /** As they were made: `slots` is sorted by who worked last. */
  const places = [...slots];
  /** Milliseconds of loans that have ended; and when those began that have not. */
  let busyMs = 0;
  const loans = new Map<object, number>();

  /** Lends idle readers to those who wait, as long as there are both. */
  const serve = (): void => {
    while (!closed && turns.waiting('jobs') + turns.waiting('direct') > 0) {
      if (performance.now() < reservedUntil && turns.jobsAreDue()) return;
      const idle = takeIdle();
      if (!idle) return;
      const turn = turns.next();
      if (turn) turn.waiter.grant(lend(idle.slot, idle.reader, turn.lane));
    }
  };

  const alive = (): ReaderProcess[] => slots.flatMap((slot) => slot.reader() ?? []);

  /** Those with threads first: what comes alone can then have them. */
  const takeIdle = (): { slot: Slot; reader: ReaderProcess } | undefined => {
    const keptBy = (slot: Slot) => threads.kept(slot.reader() ?? {});
    for (const slot of [...slots].sort((one, other) => keptBy(other) - keptBy(one))) {
      const reader = slot.take();
      if (reader) return { slot, reader };
    }
    return undefined;
  };

  /** As of now, when the page is about to be read: a burst of pages has borrowed more readers by then. */
  const grantThreads = (reader: ReaderProcess): Grant => {
    const waiting = turns.waiting('jobs') + turns.waiting('direct') > 0;
    const idle = waiting ? 0 : slots.filter((slot) => !slot.isLent()).length;
    return threads.grant(reader, { idle, alive: alive() });
  };

  const lend = (slot: Slot, reader: ReaderProcess, lane: ReaderLane | 'idle'): Loan => {
    let held = true;
    const begun = performance.now();
    loans.set(reader, begun);
    let ending: NodeJS.Timeout | undefined;
    const calm = (): void => {
      clearTimeout(ending);
      ending = undefined;
    };
    return {
      pid: reader.pid,
      async ask(request, { recall, alone } = {}) {
        const started = performance.now();
        if (request.kind === 'open' || request.kind === 'render') return reader.ask(request, { threads: 1, alone });
        const grant = grantThreads(reader);
        const reply = await reader.ask(request, { threads: grant.threads, recall, alone }).finally(grant.giveBack);
        meanMs += MEAN_WEIGHT * (performance.now() - started - meanMs);
        return reply;
      },
      hurry() {
        if (held) ending ??= setTimeout(() => void reader.kill(), startMs);
        return calm;
      },
      giveBack() {
        if (!held) return;
        held = false;
        busyMs += performance.now() - begun;
        loans.delete(reader);
        calm();
        slot.back(reader);
        // First in the list is first lent: the reader that worked last still holds the file it worked on.
        slots.unshift(...slots.splice(slots.indexOf(slot), 1));
        if (lane !== 'idle') lastWork = performance.now();
        if (lane === 'jobs' && turns.jobsAreDue()) reserve();
        serve();
      },
    };
  };

  /** A unit's doorbell takes some milliseconds to come round; without this, direct callers would get every other reader. */
  const reserve = (): void => {
    reservedUntil = performance.now() + HANDOVER_MS;
    setTimeout(serve, HANDOVER_MS + 1);
  };

  const close = async (): Promise<void> => {
    closed = true;
    for (const waiter of turns.clear()) waiter.refuse(new AppError('shutting_down'));
    await Promise.all(slots.map((slot) => slot.close()));
  };

  try {
    await Promise.all(slots.map((slot) => slot.open()));
  } catch (error) {
    await close();
    throw error;
  }

  const first = slots[0]?.reader();
  if (!first) throw new AppError('internal', 'There must be at least one reader.');
  const { provider, models, start } = first;

  return {
    async borrow(lane, { signal } = {}) {
      if (closed) throw new AppError('shutting_down');
      signal?.throwIfAborted();
      return new Promise<Loan>((resolve, reject) => {
        const giveUp = () => turns.leave(waiter) && reject(signal?.reason);
        const waiter: Waiter = {
          grant(loan) {
            signal?.removeEventListener('abort', giveUp);
            resolve(loan);
          },
          refuse(error) {
            signal?.removeEventListener('abort', giveUp);
            reject(error);
          },
        };
        signal?.addEventListener('abort', giveUp, { once: true });
        turns.enter(lane, waiter);
        serve();
      });
    },
    borrowIdle() {
      const waiting = turns.waiting('jobs') + turns.waiting('direct') > 0;
      if (closed || waiting || performance.now() - lastWork < IDLE_MS) return undefined;
      const idle = takeIdle();
      return idle && lend(idle.slot, idle.reader, 'idle');
    },
    state() {
      const readers = alive();
      return {
        count: options.count,
        ready: readers.length,
        busy: slots.filter((slot) => slot.isLent()).length,
        waiting: { jobs: turns.waiting('jobs'), direct: turns.waiting('direct') },
        provider,
        models,
        start,
        alive: places.flatMap((slot, index) => {
          const reader = slot.reader();
          const isFirst = places.findIndex((one) => one.reader()?.pid === reader?.pid) === index;
          return reader && isFirst ? [{ number: index + 1, pid: reader.pid, rss: reader.rss() }] : [];
        }),
        busySeconds: (busyMs + loans.values().reduce((sum, since) => sum + performance.now() - since, 0)) / 1_000,
      };
    },
    directWaitSeconds() {
      const share = turns.waiting('jobs') > 0 ? JOBS_PER_DIRECT + 1 : 1;
      return Math.max(1, Math.ceil(((turns.waiting('direct') + 1) * share * meanMs) / 1_000 / options.count));
    },
    close,
  };
}
