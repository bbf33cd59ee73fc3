import type { Reply, Request } from '../reader/messages.ts';
import { type Company, openCompany } from './company.ts';
import type { AskOptions, ReaderProcess } from './process.ts';
import { ReaderLost } from './reader-lost.ts';

export interface SeatsOptions {
  /** Starts a process. */
  readonly start: (signal: AbortSignal) => Promise<ReaderProcess>;
  /** Requests that one process takes at once. */
  readonly seats: number;
  /** Whether a process is due to be replaced, so that nobody else sits down in it. */
  readonly isDue: (process: ReaderProcess) => boolean;
}

interface Shared {
  readonly process: Promise<ReaderProcess>;
  readonly taken: Set<number>;
  readonly company: Company;
  isClosed: boolean;
}

/**
 * One process for several places of the pool, as a GPU needs it: pages that are read at once share its models, and their lines share batches. Each
 * place sees a reader of its own, that takes one request at a time.
 *
 * A place that gives up its reader leaves its seat, and what it was asked goes on in vain; the process ends when the last has left it. Where it ends by
 * itself all lose their requests, of which at most one is to blame where that is known. Where it is not, all are: what is asked again after that is
 * asked alone, so that only what really ends its process does so twice.
 *
 * @returns starts such a reader, in a process that has a seat left or in a new one
 */
export function openSeats({ start, seats, isDue }: SeatsOptions): (signal: AbortSignal) => Promise<ReaderProcess> {
  let open: Shared[] = [];

  const findOrStart = (signal: AbortSignal): Shared => {
    const found = open.find(({ taken, isClosed }) => !isClosed && taken.size < seats);
    if (found) return found;
    const shared: Shared = { process: start(signal), taken: new Set(), company: openCompany(), isClosed: false };
    open = [...open, shared];
    const drop = (): void => {
      open = open.filter((one) => one !== shared);
    };
    shared.process.then(({ gone }) => gone.then(drop), drop);
    return shared;
  };

  return async (signal) => {
    const shared = findOrStart(signal);
    const seat = firstFree(shared.taken);
    shared.taken.add(seat);
    const process = await shared.process;
    const leave = async (): Promise<void> => {
      shared.taken.delete(seat);
      // One that is being ended is not gone at once: nobody may sit down in it meanwhile.
      shared.isClosed ||= shared.taken.size === 0 || isDue(process);
      if (shared.taken.size === 0) await process.kill();
    };
    return sitDown(process, { seat, company: shared.company, leave });
  };
}

function firstFree(taken: ReadonlySet<number>): number {
  let seat = 0;
  while (taken.has(seat)) seat += 1;
  return seat;
}

interface Place {
  readonly seat: number;
  readonly company: Company;
  readonly leave: () => Promise<void>;
}

/** The process as one of its seats sees it. */
function sitDown(process: ReaderProcess, { seat, company, leave }: Place): ReaderProcess {
  const left = Promise.withResolvers<ReaderLost>();
  const inHand = new Set<(lost: ReaderLost) => void>();
  let hasLeft = false;
  const gone = Promise.race([process.gone, left.promise]);
  return {
    pid: process.pid,
    provider: process.provider,
    models: process.models,
    start: process.start,
    rss: () => process.rss(),
    answered: () => process.answered(),
    gone,
    async ask<R extends Request>(request: R, { alone = false, ...options }: AskOptions): Promise<Reply<R>> {
      if (hasLeft) throw await gone;
      // No race with `left`, which would keep each answer for as long as somebody sits here.
      const { promise, resolve, reject } = Promise.withResolvers<Reply<R>>();
      const begin = async (): Promise<Reply<R>> => {
        if (hasLeft) throw await gone;
        return process.ask(request, { ...options, seat });
      };
      inHand.add(reject);
      company.run(begin, { alone }).then(resolve, reject);
      return promise.finally(() => inHand.delete(reject));
    },
    async kill() {
      if (hasLeft) return;
      hasLeft = true;
      const lost = new ReaderLost('stopped', `A seat of reader ${process.pid} was given up`);
      left.resolve(lost);
      for (const lose of inHand) lose(lost);
      await leave();
    },
  };
}
