import { setTimeout as delay } from 'node:timers/promises';
import type { ReaderProcess } from './process.ts';
import type { Loss } from './reader-lost.ts';

/** Why a reader was replaced. */
export type RecycleReason = 'pages' | 'rss' | Exclude<Loss, 'stopped'>;

/** Milliseconds before the second start in a row after an unexpected end; doubles with each further one. */
const BACKOFF_MS = 250;
const BACKOFF_MOST_MS = 10_000;

export interface SlotOptions {
  readonly start: (signal: AbortSignal) => Promise<ReaderProcess>;
  /** A reader is replaced after this many requests. */
  readonly maxPages: number;
  /** A reader whose resident memory exceeds this is replaced: bytes. */
  readonly maxRssBytes: number;
  /** A new reader is there to be taken. */
  readonly onIdle: () => void;
  readonly onRecycle: (reason: RecycleReason, reader: ReaderProcess, sentence: string) => void;
  readonly onStartFailed: (error: unknown, retryMs: number) => void;
}

/** A place in the pool: keeps one reader alive and replaces it when it is due or gone. */
export interface Slot {
  /** Starts the first reader. Throws ReaderUnable or ReaderLost. */
  open(): Promise<void>;
  /** The reader, if it is there and not lent; it is lent from then on. */
  take(): ReaderProcess | undefined;
  /** Ends the loan. */
  back(reader: ReaderProcess): void;
  reader(): ReaderProcess | undefined;
  isLent(): boolean;
  close(): Promise<void>;
}

export function openSlot(options: SlotOptions): Slot {
  const closing = new AbortController();
  const alive = new Set<ReaderProcess>();
  let current: ReaderProcess | undefined;
  let spare: ReaderProcess | undefined;
  let starting: Promise<void> | undefined;
  let lent = false;
  /** Unexpected ends and failed starts in a row, since a reader last gave a loan back in good health. */
  let setbacks = 0;

  const start = async (): Promise<ReaderProcess> => {
    const reader = await options.start(closing.signal);
    alive.add(reader);
    void reader.gone.then((lost) => onGone(reader, lost.how, lost.message));
    return reader;
  };

  const retire = (reader: ReaderProcess, reason: RecycleReason, sentence: string): void => {
    options.onRecycle(reason, reader, sentence);
    void reader.kill();
  };

  const onGone = (reader: ReaderProcess, how: Loss, sentence: string): void => {
    alive.delete(reader);
    if (spare === reader) spare = undefined;
    if (how !== 'stopped') {
      setbacks += 1;
      options.onRecycle(how, reader, sentence);
    }
    if (current !== reader) return;
    current = undefined;
    lent = false;
    refill();
  };

  /** Puts the spare or a new reader into the empty place. */
  const refill = (): void => {
    if (closing.signal.aborted) return;
    if (spare) {
      current = spare;
      spare = undefined;
      options.onIdle();
    } else replace();
  };

  /** Starts one more reader, unless one is on its way; it takes the place as soon as that is empty or idle. */
  const replace = (): void => {
    starting ??= startUntilOneRuns().finally(() => {
      starting = undefined;
    });
  };

  const startUntilOneRuns = async (): Promise<void> => {
    while (!closing.signal.aborted) {
      const wait = setbacks < 2 ? 0 : Math.min(BACKOFF_MOST_MS, BACKOFF_MS * 2 ** (setbacks - 2));
      try {
        if (wait > 0) await delay(wait, undefined, { signal: closing.signal });
        const reader = await start();
        if (closing.signal.aborted) return void reader.kill();
        return settle(reader);
      } catch (error) {
        if (closing.signal.aborted) return;
        setbacks += 1;
        options.onStartFailed(error, Math.min(BACKOFF_MOST_MS, BACKOFF_MS * 2 ** Math.max(0, setbacks - 2)));
      }
    }
  };

  const settle = (reader: ReaderProcess): void => {
    if (current && lent) {
      spare = reader;
      return;
    }
    const old = current;
    current = reader;
    if (old) retire(old, 'pages', `It had answered ${old.answered()} requests.`);
    options.onIdle();
  };

  return {
    async open() {
      current = await start();
    },
    take() {
      if (!current || lent) return undefined;
      lent = true;
      return current;
    },
    back(reader) {
      if (current !== reader) return;
      lent = false;
      if (reader.rss() > options.maxRssBytes) {
        current = undefined;
        retire(reader, 'rss', `Its resident memory was ${reader.rss()} bytes.`);
        refill();
        return;
      }
      setbacks = 0;
      if (spare) {
        const next = spare;
        spare = undefined;
        settle(next);
        return;
      }
      // The old one goes on working until the new one has loaded its models.
      if (reader.answered() >= options.maxPages) replace();
    },
    reader: () => current,
    isLent: () => lent,
    async close() {
      closing.abort();
      await Promise.all([...alive].map((reader) => reader.kill()));
      await starting;
    },
  };
}
