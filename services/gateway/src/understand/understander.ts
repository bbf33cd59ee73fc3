import { Worker } from 'node:worker_threads';
import { AppError } from '@docusnap/contracts';
import { asError } from '../jobs/stored-failure.ts';
import type { ModelConfig } from './model/open-language-model.ts';
import type { Answer, Question } from './thread/messages.ts';

/** Of the thread: the texts of a few long documents at a time. */
const HEAP_MIB = 1_024;

export type Understood = Extract<Answer, { sealed: Uint8Array }>;

/** A thread that understands jobs. */
export interface Understander {
  /** Throws what `understand` throws; `understanding_lost` where the thread died or took too long. */
  understand(question: Omit<Question, 'id'>): Promise<Understood>;
  close(): Promise<void>;
}

export interface UnderstanderOptions {
  readonly model: ModelConfig;
  /** One job may take so long; then the thread is ended, and with it what else it has in hand. */
  readonly mostMs: number;
}

interface Pending {
  readonly resolve: (understood: Understood) => void;
  readonly reject: (error: unknown) => void;
  readonly timer: NodeJS.Timeout;
}

/** Starts the thread at once, since it takes a second to load, and again when it is asked after it died. */
export function openUnderstander({ model, mostMs }: UnderstanderOptions): Understander {
  const pending = new Map<number, Pending>();
  let thread: Worker | undefined;
  let ids = 0;

  function start(): Worker {
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
    const waiting = pending.get(answer.id);
    if (!waiting) return;
    pending.delete(answer.id);
    clearTimeout(waiting.timer);
    if ('sealed' in answer) waiting.resolve(answer);
    else waiting.reject(asError(answer.failure, answer.retryAfter));
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

  thread = start();
  return {
    understand(question) {
      thread ??= start();
      const at = thread;
      ids += 1;
      const id = ids;
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => void at.terminate(), mostMs);
        pending.set(id, { resolve, reject, timer });
        at.postMessage({ ...question, id } satisfies Question);
      });
    },
    async close() {
      await thread?.terminate();
    },
  };
}
