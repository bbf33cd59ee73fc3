import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { BlobPasses } from '@docusnap/blobs';
import type { ModelVersions, StageTimes } from '@docusnap/contracts';
import {
  type FromReader,
  fromWire,
  type Recall,
  type Recalled,
  type Reply,
  type Request,
  type ToReader,
} from '../reader/messages.ts';
import type { PassesFor } from './passes.ts';
import { type Loss, ReaderLost, ReaderUnable } from './reader-lost.ts';

/** How much of a reader's standard error is kept, to say why it died: characters. */
const STDERR_KEPT = 2_000;

/**
 * How a reader's C library keeps its memory. By itself glibc raises the size from which it asks the system for each block (and gives it back) to
 * that of the largest block freed so far, here tens of MiB, and has an arena for each thread; between long-lived blocks the rasters and
 * tensors of pages then leave holes. With these a reader was 50 MiB smaller after a few pages, 100 MiB with a second thread, at the same speed.
 */
const BLOCKS_OF_THEIR_OWN = String(128 * 1024);
const MALLOC = {
  MALLOC_ARENA_MAX: '1',
  MALLOC_MMAP_THRESHOLD_: BLOCKS_OF_THEIR_OWN,
  MALLOC_TRIM_THRESHOLD_: BLOCKS_OF_THEIR_OWN,
};

/**
 * The young generation of a reader's heap, MiB: V8's own 16, three times, held 25 MiB more at the peak of a large page, for no less time (five letters
 * of 2,000 pixels, twice: 28.2 s of processor time and 474 MiB, against 28.3 s and 500).
 */
const HEAP = ['--max-semi-space-size=4'];

export interface ReaderProcessOptions {
  /** The script that runs in the process. */
  readonly script: URL;
  /** The whole environment of the process. */
  readonly environment: Readonly<Record<string, string>>;
  /** Milliseconds from the start to `ready`. */
  readonly startTimeoutMs: number;
  /** What a request needs of a store that readers hold no credentials for. Throws storage_unavailable. */
  readonly passesFor?: PassesFor | undefined;
  /** Milliseconds one request may take before the process is killed. */
  readonly requestTimeoutMs: number;
  /** Gives up a start that is not done yet. */
  readonly signal?: AbortSignal;
}

export interface AskOptions {
  /** Inference threads the reader may use for the request. */
  readonly threads: number;
  /** What a reader of a page may ask meanwhile; without it nothing is known. */
  readonly recall?: Recall | undefined;
  /** Of a reader that takes several requests at once: which of its seats; within one they are answered one after another. */
  readonly seat?: number | undefined;
  /** Of a reader that takes several requests at once: not while it has another in hand, nor another until this has ended. */
  readonly alone?: boolean | undefined;
}

/** One running reader. It answers one request at a time, or one for each of its seats. */
export interface ReaderProcess {
  readonly pid: number;
  readonly provider: string;
  readonly models: ModelVersions;
  /** Where the time of its start went: milliseconds by step; empty where it did not say. */
  readonly start: StageTimes;
  /** Resident memory in bytes, as of its last word. */
  rss(): number;
  /** Requests answered so far, whether well or with a failure; making the images of a page belongs to the reading of it. */
  answered(): number;
  /** Throws the AppError the reader answered with, or ReaderLost when it is gone before it answered or failed in an unexpected way. */
  ask<R extends Request>(request: R, options: AskOptions): Promise<Reply<R>>;
  /** Ends the process at once; resolves when it is gone. */
  kill(): Promise<void>;
  /** Resolves, never rejects, when the process is gone, with how it went. */
  readonly gone: Promise<ReaderLost>;
}

interface Pending {
  readonly resolve: (reply: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
  readonly kind: Request['kind'];
  readonly recall: Recall | undefined;
}

/** Starts a reader and waits until its models are loaded. Throws ReaderUnable when it cannot start, ReaderLost when it dies before. */
export async function startReaderProcess(options: ReaderProcessOptions): Promise<ReaderProcess> {
  const child = fork(fileURLToPath(options.script), [], {
    execPath: process.execPath,
    execArgv: HEAP,
    env: { ...MALLOC, ...options.environment },
    serialization: 'advanced',
    stdio: ['pipe', 'ignore', 'pipe', 'ipc'],
  });
  const ended = watchEnd(child);
  const ready = await firstWord(child, ended, options);

  let rss = ready.rss;
  let answered = 0;
  let loss: Loss = 'died';
  let surprise: string | undefined;
  let nextId = 1;
  const pending = new Map<number, Pending>();

  /** The request that is to blame; of several in hand the others are not. */
  let culprit: number | undefined;

  const end = (why: Loss, of?: number): void => {
    loss = why;
    culprit = of;
    child.kill('SIGKILL');
  };

  child.on('message', (message: FromReader) => {
    if (message.kind === 'recall') {
      void answerRecall(message.id, message.fingerprint);
      return;
    }
    if (message.kind !== 'done' && message.kind !== 'failed') return;
    rss = message.rss;
    const waiting = pending.get(message.id);
    if (waiting?.kind !== 'render') answered += 1;
    if (!waiting) return;
    if (message.kind === 'failed' && message.failure.code === 'internal') {
      surprise = message.failure.cause ?? message.failure.detail ?? 'nothing more';
      end('broken', message.id);
      return;
    }
    pending.delete(message.id);
    clearTimeout(waiting.timer);
    if (message.kind === 'done') waiting.resolve(message.reply);
    else waiting.reject(fromWire(message.failure));
  });

  let alive = true;
  const gone = ended.then((how) => {
    alive = false;
    const lost = new ReaderLost(loss, `Reader ${child.pid} ${surprise ? `threw: ${surprise}` : how}`);
    for (const [id, waiting] of pending) {
      clearTimeout(waiting.timer);
      waiting.reject(culprit === undefined || culprit === id ? lost : new ReaderLost('stopped', lost.message));
    }
    pending.clear();
    return lost;
  });

  const answerRecall = async (id: number, fingerprint: Uint8Array): Promise<void> => {
    const page = (await pending.get(id)?.recall?.(fingerprint)) ?? null;
    if (alive && child.connected) child.send({ kind: 'recalled', id, page } satisfies Recalled, () => undefined);
  };

  const send = <R extends Request>(request: R, { threads, recall, seat }: AskOptions, passes: BlobPasses | undefined) =>
    new Promise<Reply<R>>((resolve, reject) => {
      const id = nextId++;
      const timer = setTimeout(() => end('timeout', id), options.requestTimeoutMs);
      const { kind } = request;
      pending.set(id, { resolve: (reply) => resolve(reply as Reply<R>), reject, timer, kind, recall });
      // A send that fails means that the process is going; `gone` then rejects the request.
      const told = (error: Error | null) => error && end(loss);
      if (request.kind !== 'readBytes') {
        child.send({ id, request, threads, passes, seat } satisfies ToReader, told);
        return;
      }
      const { bytes, ...how } = request;
      const piped = { ...how, kind: 'readPiped', length: bytes.length } as const;
      child.send({ id, request: piped, threads, seat } satisfies ToReader, told);
      child.stdin?.write(bytes);
    });

  return {
    pid: child.pid ?? 0,
    provider: ready.provider,
    models: ready.models,
    start: ready.start ?? {},
    rss: () => rss,
    answered: () => answered,
    ask: async (request, asking) => {
      // It was gone before it saw this request, which therefore is not to blame.
      if (!alive) throw new ReaderLost('stopped', (await gone).message);
      if (!options.passesFor) return send(request, asking, undefined);
      const passes = await options.passesFor(request);
      if (!alive) throw new ReaderLost('stopped', (await gone).message);
      return send(request, asking, passes);
    },
    async kill() {
      if (alive) end('stopped');
      await gone;
    },
    gone,
  };
}

/** Resolves, never rejects, when the process is gone, with a sentence about how. */
function watchEnd(child: ChildProcess): Promise<string> {
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-STDERR_KEPT);
  });
  return new Promise((resolve) => {
    // A pipe that breaks is a process that ends, which is told below.
    child.stdin?.on('error', () => undefined);
    child.on('error', (error) => {
      if (child.pid === undefined) resolve(`could not be started: ${error.message}`);
      else stderr += `(${error.message})`;
    });
    child.once('close', (code, signal) => {
      const how = signal ? `ended by ${signal}` : `exited with ${code}`;
      resolve(stderr === '' ? how : `${how}; last words: ${stderr.trim()}`);
    });
  });
}

/** Waits for `ready`; whatever else happens first is thrown, and the process is then ended. */
async function firstWord(child: ChildProcess, ended: Promise<string>, options: ReaderProcessOptions) {
  let timer: NodeJS.Timeout | undefined;
  const word = new Promise<FromReader>((resolve) => child.once('message', (message: FromReader) => resolve(message)));
  const late = new Promise<never>((_, reject) => {
    const sentence = `A new reader was not ready within ${options.startTimeoutMs} ms`;
    timer = setTimeout(() => reject(new ReaderLost('timeout', sentence)), options.startTimeoutMs);
  });
  const stop = () => child.kill('SIGKILL');
  options.signal?.addEventListener('abort', stop, { once: true });
  const dead = ended.then((how): never => {
    throw new ReaderLost('died', `A new reader ${how}`);
  });
  try {
    const message = await Promise.race([word, late, dead]);
    if (message.kind === 'ready') return message;
    throw new ReaderUnable(message.kind === 'unable' ? message.reason : 'its first word was not "ready"');
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener('abort', stop);
    // Without a listener the race that was lost would count as an unhandled rejection.
    dead.catch(() => undefined);
  }
}
