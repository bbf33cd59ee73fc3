import { Worker } from 'node:worker_threads';
import { AppError, LIMITS } from '@docusnap/contracts';
import { FailedAttempt } from './failed-attempt.ts';
import { openInHand } from './in-hand.ts';
import type { ModelConfig } from './model/open-language-model.ts';
import type { Answer, Given, ModelCall, Need, Question, ToThread } from './thread/messages.ts';

/** Of the thread: the texts of a few long documents at a time. */
const HEAP_MIB = 1_024;
/** Rules over 2,000 pages of sums and dates held it for 28 s on a busy machine; what holds it so long may never end. */
const MOST_SILENCE_MS = 180_000;
/** It is looked at so many times within the longest silence. */
const LOOKS = 12;

export type Understood = Extract<Answer, { sealed: Uint8Array }>;

/** Finds what the thread needs; null where it cannot be had. */
export type Find = (need: Need) => Promise<Given['given']>;

/** What the thread has to be given, and told of. */
export interface Company {
  readonly find: Find;
  /** The language model was asked something for it. */
  readonly onCall: (call: ModelCall) => void;
}

const NO_COMPANY: Company = { find: async () => null, onCall: () => undefined };

/** A thread that understands jobs. */
export interface Understander {
  /**
   * Waits its turn while too many pages are in hand. Throws what `understand` throws, the reason of the signal; `understanding_lost` where the thread died or
   * took too long.
   */
  understand(question: Omit<Question, 'id'>, signal: AbortSignal, company?: Partial<Company>): Promise<Understood>;
  close(): Promise<void>;
}

export interface UnderstanderOptions {
  readonly model: ModelConfig;
  /** One job may take so long; then the thread is ended, and with it what else it has in hand. */
  readonly mostMs: number;
  /** The thread may be held by one job so long: all others wait meanwhile. */
  readonly mostSilenceMs?: number;
}

interface Pending extends Company {
  readonly resolve: (understood: Understood) => void;
  readonly reject: (error: unknown) => void;
  readonly timer: NodeJS.Timeout;
}

/** Starts the thread at once, since it takes a second to load, and again when it is asked after it died. */
export function openUnderstander({
  model,
  mostMs,
  mostSilenceMs = MOST_SILENCE_MS,
}: UnderstanderOptions): Understander {
  const pending = new Map<number, Pending>();
  let thread: Worker | undefined;
  let ids = 0;
  const hand = openInHand(LIMITS.understoodPages);
  /** The thread has said something: it is loaded. */
  let isLoaded = false;
  /** Looks in a row at which a thread with work had not turned its loop since the one before. */
  let silent = 0;
  // Counted in looks and not by the clock: where this whole process was stopped for a while, nobody was silent.
  const watch = setInterval(() => {
    if (silent >= LOOKS) void thread?.terminate();
    silent = isLoaded && pending.size > 0 ? silent + 1 : 0;
    thread?.postMessage('alive?' satisfies ToThread);
  }, mostSilenceMs / LOOKS);

  function start(): Worker {
    isLoaded = false;
    silent = 0;
    const started = new Worker(new URL('./thread/main.ts', import.meta.url), {
      workerData: model,
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MIB },
      env: {},
    });
    started.on('message', settle);
    started.on('error', (error) => lose(started, error));
    started.on('exit', () => lose(started, undefined));
    return started;
  }

  function settle(answer: Answer): void {
    isLoaded = true;
    silent = 0;
    if (answer === 'alive') return;
    const waiting = pending.get(answer.id);
    if (!waiting) return;
    if ('call' in answer) {
      waiting.onCall(answer.call);
      return;
    }
    if ('need' in answer) {
      const give = (given: Given['given']): void => thread?.postMessage({ to: answer.id, given } satisfies ToThread);
      waiting.find(answer.need).then(give, () => give(null));
      return;
    }
    pending.delete(answer.id);
    clearTimeout(waiting.timer);
    if ('sealed' in answer) waiting.resolve(answer);
    else waiting.reject(new FailedAttempt(answer.failure, answer.retryAfter, answer.usage));
  }

  function lose(lost: Worker, cause: unknown): void {
    if (thread !== lost) return;
    thread = undefined;
    for (const { reject, timer } of pending.values()) {
      clearTimeout(timer);
      reject(new AppError('understanding_lost', undefined, { cause }));
    }
    pending.clear();
  }

  function ask(question: Omit<Question, 'id'>, signal: AbortSignal, company: Company): Promise<Understood> {
    thread ??= start();
    const at = thread;
    ids += 1;
    const id = ids;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => void at.terminate(), mostMs);
      const cancel = (): void => {
        pending.delete(id);
        clearTimeout(timer);
        at.postMessage({ cancel: id } satisfies ToThread);
        reject(signal.reason);
      };
      signal.addEventListener('abort', cancel, { once: true });
      const settled = (): void => signal.removeEventListener('abort', cancel);
      pending.set(id, {
        resolve: (understood) => {
          settled();
          resolve(understood);
        },
        reject: (error) => {
          settled();
          reject(error);
        },
        ...company,
        timer,
      });
      at.postMessage({ ...question, id } satisfies ToThread);
    });
  }

  thread = start();
  return {
    async understand(question, signal, company) {
      const giveBack = await hand.take(question.pages.length, signal);
      try {
        signal.throwIfAborted();
        return await ask(question, signal, { ...NO_COMPANY, ...company });
      } finally {
        giveBack();
      }
    },
    async close() {
      clearInterval(watch);
      await thread?.terminate();
    },
  };
}
