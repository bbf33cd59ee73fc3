import { type Answered, type Exchange, openExchange } from './exchange.ts';
import { processorMs } from './processor-time.ts';

/** What is asked, and of whom. */
export interface Load {
  readonly url: URL;
  /** Asked one after another, from the first again after the last. */
  readonly requests: readonly Buffer[];
  readonly connections: number;
  readonly seconds: number;
  readonly expected: number;
  /** Of the process that answers. */
  readonly pid: number;
}

export interface Loaded {
  /** Answers a second. */
  readonly rate: number;
  /** Milliseconds, each answer's; in an open loop from when its request was due. */
  readonly times: readonly number[];
  /** Milliseconds of processor time of the process that answers, an answer. */
  readonly processorMs: number;
  /** Share of a core that it had. */
  readonly busy: number;
}

/** Asks again as soon as it is answered, on so many connections: what can be had at most. */
export function askAsFastAsAnswered(load: Load): Promise<Loaded> {
  return ask(load, (exchanges, next, until) =>
    Promise.all(
      exchanges.map(
        (exchange) =>
          new Promise<void>((resolve) => {
            const again = (): void => {
              const begun = performance.now();
              if (begun >= until) resolve();
              else next(exchange, begun, again);
            };
            again();
          }),
      ),
    ),
  );
}

/** Asks at a steady rate, whatever the answers take: a request that finds no free connection waits for one, and that counts. */
export function askSteadily(load: Load, rate: number): Promise<Loaded> {
  return ask(load, (exchanges, next, until) => {
    const free = [...exchanges];
    const due: number[] = [];
    const begun = performance.now();
    const { promise, resolve } = Promise.withResolvers<void>();
    let told = 0;
    const send = (): void => {
      while (due.length > 0 && free.length > 0) {
        const exchange = free.pop()!;
        next(exchange, due.shift()!, () => {
          free.push(exchange);
          send();
          if (performance.now() >= until && due.length === 0 && free.length === exchanges.length) resolve();
        });
      }
    };
    const step = (): void => {
      const now = Math.min(performance.now(), until);
      for (; begun + (told * 1_000) / rate < now; told += 1) due.push(begun + (told * 1_000) / rate);
      send();
      // Up to a millisecond late, which counts; to look all the time would take the core that PostgreSQL needs.
      if (now < until) setTimeout(step, 1);
    };
    step();
    return promise;
  });
}

type Next = (exchange: Exchange, since: number, then: () => void) => void;

async function ask(
  load: Load,
  drive: (exchanges: readonly Exchange[], next: Next, until: number) => Promise<unknown>,
): Promise<Loaded> {
  const { promise: failed, reject } = Promise.withResolvers<never>();
  const exchanges = await Promise.all(Array.from({ length: load.connections }, () => openExchange(load.url, reject)));
  const times: number[] = [];
  let at = 0;
  const next: Next = (exchange, since, then) => {
    const request = load.requests[at]!;
    at = (at + 1) % load.requests.length;
    exchange.ask(request, (answer) => {
      if (answer.status !== load.expected) reject(unexpected(load, answer));
      times.push(performance.now() - since);
      then();
    });
  };
  const [begun, spent] = [performance.now(), processorMs(load.pid)];
  try {
    await Promise.race([drive(exchanges, next, begun + load.seconds * 1_000), failed]);
  } finally {
    for (const exchange of exchanges) exchange.close();
  }
  const [ms, took] = [performance.now() - begun, processorMs(load.pid) - spent];
  return { rate: (times.length / ms) * 1_000, times, processorMs: took / times.length, busy: took / ms };
}

function unexpected({ expected }: Load, { status, body }: Answered): Error {
  return new Error(`Expected status ${expected}, got ${status}: ${body.slice(0, 500)}`);
}
