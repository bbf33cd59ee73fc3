import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { AppError } from '@docusnap/contracts';
import type { Session } from '@docusnap/engine';
import type { Provider } from '../provider.ts';
import type { Tensors } from './inference.ts';
import { openSession } from './session.ts';
import type { FromThread, ToThread } from './session-thread.ts';

/** Runs a thread has at once: the one it works on, and the next, so that it need not wait while this thread is busy with a run of its own. */
const DEPTH = 2;

/** Runs that keep so many threads busy, this one being among them. */
export function lanesFor(threads: number): number {
  return 1 + DEPTH * (threads - 1);
}

/** A session whose runs overlap. */
export interface SpreadSession extends Session {
  /** Ends its threads, each after the run it is at. Runs in hand fail. */
  close(): Promise<void>;
}

export interface SpreadOptions {
  readonly name: string;
  readonly provider: Provider;
}

/**
 * A session that runs here, and on threads of its own when more is asked of it at once: a thread for each DEPTH runs in hand beyond the first.
 * A thread is started when it is first wanted and then kept, for creating and releasing sessions leaks; until it has loaded the model the
 * others do its work. Whoever never has two runs in hand never pays for a thread.
 *
 * When a thread fails, all further runs fail with it, as those in hand there: nobody can tell in what state it left the process.
 *
 * @param model gives the model's bytes, again for each thread, so that they need not be kept
 * @throws what openSession throws
 */
export async function openSpreadSession(
  model: () => Promise<Uint8Array>,
  { name, provider }: SpreadOptions,
): Promise<SpreadSession> {
  const here = await openSession(await model(), name, provider);
  const threads: Thread[] = [];
  let inHand = 0;
  let inHandHere = 0;
  let failure: AppError | undefined;

  const fail = (cause: unknown): void => {
    failure ??= new AppError('internal', `A thread of "${name}" failed.`, { cause });
    for (const thread of threads) thread.drop(failure);
  };
  /** Of as many threads as what is in hand wants, the one with the least to do that has room. Other providers keep their device busy alone. */
  const freeThread = (): Thread | undefined => {
    if (provider !== 'cpu') return undefined;
    const wanted = Math.ceil((inHand - 1) / DEPTH);
    while (threads.length < wanted) threads.push(startThread(model, provider, fail));
    return threads
      .slice(0, wanted)
      .filter((thread) => thread.isReady() && thread.inHand() < DEPTH)
      .sort((a, b) => a.inHand() - b.inHand())
      .at(0);
  };

  const runHere = async (inputs: Tensors): Promise<Tensors> => {
    inHandHere += 1;
    try {
      return await here.run(inputs);
    } finally {
      inHandHere -= 1;
    }
  };

  return {
    inputNames: here.inputNames,
    outputNames: here.outputNames,
    async run(inputs) {
      if (failure) throw failure;
      inHand += 1;
      const thread = freeThread();
      try {
        return await (inHandHere > 0 && thread ? thread.run(inputs) : runHere(inputs));
      } finally {
        inHand -= 1;
      }
    },
    async close() {
      fail(new Error('It was closed.'));
      await Promise.all(threads.map((thread) => thread.end()));
    },
  };
}

interface Thread {
  isReady(): boolean;
  inHand(): number;
  run(inputs: Tensors): Promise<Tensors>;
  /** Fails the runs in hand. */
  drop(failure: AppError): void;
  end(): Promise<void>;
}

interface Waiting {
  readonly resolve: (outputs: Tensors) => void;
  readonly reject: (failure: AppError) => void;
}

/** Its failures, before it is ready or after, go to `onFailure`. */
function startThread(
  model: () => Promise<Uint8Array>,
  provider: Provider,
  onFailure: (cause: unknown) => void,
): Thread {
  const waiting = new Map<number, Waiting>();
  let worker: Worker | undefined;
  let ready = false;
  let ended = false;
  let nextId = 1;

  const start = async (): Promise<void> => {
    const bytes = new Uint8Array(await model());
    if (ended) return;
    worker = new Worker(new URL('./session-thread.ts', import.meta.url), { execArgv: [] });
    worker.on('message', hear);
    worker.on('error', onFailure);
    worker.on('exit', (code) => ended || onFailure(new Error(`It exited with ${code}.`)));
    worker.postMessage({ kind: 'start', model: bytes, provider } satisfies ToThread, [bytes.buffer]);
    // An idle thread keeps no process alive.
    worker.unref();
  };
  const hear = (message: FromThread): void => {
    if (message.kind === 'ready') {
      ready = true;
      return;
    }
    waiting.get(message.id)?.resolve(message.outputs);
    waiting.delete(message.id);
    if (waiting.size === 0) worker?.unref();
  };
  start().catch(onFailure);

  return {
    isReady: () => ready,
    inHand: () => waiting.size,
    run: (inputs) =>
      new Promise((resolve, reject) => {
        const id = nextId++;
        waiting.set(id, { resolve, reject });
        worker?.ref();
        // Copies: a view would take all of the memory it is in along, which belongs to the caller.
        const own = Object.entries(inputs).map(
          ([name, { data, dims }]) => [name, { data: data.slice(), dims }] as const,
        );
        worker?.postMessage(
          { kind: 'run', id, inputs: Object.fromEntries(own) } satisfies ToThread,
          own.map(([, { data }]) => data.buffer),
        );
      }),
    drop(failure) {
      ready = false;
      for (const { reject } of waiting.values()) reject(failure);
      waiting.clear();
    },
    async end() {
      ended = true;
      if (worker === undefined || worker.threadId < 0) return;
      // Not terminated: what is thrown into native code then ends the process.
      const gone = once(worker, 'exit');
      worker.ref();
      worker.postMessage({ kind: 'end' } satisfies ToThread);
      await gone;
    },
  };
}
