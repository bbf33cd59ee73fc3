import { Worker } from 'node:worker_threads';
import { AppError } from '@docusnap/contracts';
import { V1Refusal } from '../codes.ts';
import type { EncryptionKeys } from '../keys.ts';
import type { Answer, Question, Unwrapped } from './messages.ts';
import type { OpeningKey } from './open-content.ts';

/**
 * Of the thread: a body of 64 MiB is held as text, once more as the text of its content, as the text of its plaintext, and as the texts of the
 * images.
 */
const HEAP_MIB = 512;
/** For one body; 64 MiB take less than a second on an idle machine. */
const MOST_MS = 30_000;

/** A thread that opens bodies, one after another. */
export interface Unwrapper {
  /**
   * The body is handed over, and no longer the caller's. Throws V1Refusal `INVALID_JSON` for one that takes more memory than one may take,
   * `shutting_down`, and `internal` where the thread died or took too long.
   */
  unwrap(question: Omit<Question, 'id'>): Promise<Unwrapped>;
  /** Bodies that are asked for from now on are opened with these. */
  changeKeys(next: EncryptionKeys): void;
  close(): Promise<void>;
}

/** Starts the thread when it is first asked, and again after it died. */
export function openUnwrapper(keys: EncryptionKeys): Unwrapper {
  let workerData = openingKeysOf(keys);
  let thread: Worker | undefined;
  let last: Promise<unknown> = Promise.resolve();
  let ids = 0;
  let closed = false;

  function start(): Worker {
    const started = new Worker(new URL('./main.ts', import.meta.url), {
      workerData,
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MIB },
      env: {},
    });
    // Told to whoever waits; unheard, it would end this process.
    started.on('error', () => undefined);
    started.on('exit', () => {
      if (thread === started) thread = undefined;
    });
    return started;
  }

  function ask(question: Omit<Question, 'id'>): Promise<Unwrapped> {
    if (closed) throw new AppError('shutting_down');
    thread ??= start();
    ids += 1;
    return askThread(thread, { ...question, id: ids });
  }

  return {
    unwrap(question) {
      const asked = last.then(() => ask(question));
      last = asked.catch(() => undefined);
      return asked;
    },
    changeKeys(next) {
      workerData = openingKeysOf(next);
      // A thread has its keys from its start: the next question starts another.
      last = last.then(async () => {
        await thread?.terminate();
        thread = undefined;
      });
    },
    async close() {
      closed = true;
      await thread?.terminate();
    },
  };
}

const openingKeysOf = (keys: EncryptionKeys): OpeningKey[] => keys.map(({ kid, privateKey }) => ({ kid, privateKey }));

async function askThread(thread: Worker, question: Question): Promise<Unwrapped> {
  const heard = Promise.withResolvers<Answer>();
  const timer = setTimeout(() => void thread.terminate(), MOST_MS);
  const died = (error: unknown): void => {
    const outOfMemory = (error as { code?: unknown } | null)?.code === 'ERR_WORKER_OUT_OF_MEMORY';
    // One body at a time: it was this one's doing, and would be again.
    heard.reject(
      outOfMemory ? new V1Refusal('INVALID_JSON', error) : new AppError('internal', undefined, { cause: error }),
    );
  };
  const ended = (): void => died(new Error('the thread that opens bodies ended'));
  thread.once('message', heard.resolve).once('error', died).once('exit', ended);
  const { body } = question;
  thread.postMessage(question, [body.buffer as ArrayBuffer]);
  try {
    const answer = await heard.promise;
    if ('failed' in answer) throw new AppError('internal', undefined, { cause: new Error(answer.failed) });
    return answer.unwrapped;
  } finally {
    clearTimeout(timer);
    thread.off('message', heard.resolve).off('error', died).off('exit', ended);
  }
}
