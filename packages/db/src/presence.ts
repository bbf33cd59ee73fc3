import { AppError } from '@docusnap/contracts';
import pg from 'pg';
import { toDatabaseError } from './errors.ts';

/**
 * How a caller hears within a second that the database is away, whatever away means: a server that refuses says so by itself, one that is
 * stopped, hangs, or lies behind a network that swallows everything says nothing, and a statement may rightly take long. So once a statement has
 * had no answer for a while, the server is asked something that takes no time, over a connection kept for that. Where that has no answer either,
 * the server is away: all who wait are told, and their connections dropped, since what is lost in a network never comes. Those who come
 * later ask first. Nothing runs while nobody waits.
 */
export interface Presence {
  /** The outcome of `work`, or `database_unavailable` once the server is known to be away. */
  whileThere<T>(work: () => Promise<T>): Promise<T>;
  /** Whether it had no answer when it was last asked. */
  isAway(): boolean;
  close(): Promise<void>;
}

/** Milliseconds without an answer after which the server is asked whether it is there; */
const PATIENCE_MS = 300;
/**
 * and for which it may think about that. Together less than the second in which callers are to be told. It is counted in steps of our own loop, each
 * for its length however late it comes: on a machine that leaves us no time the server has none either.
 */
const ANSWER_MS = 400;
const STEP_MS = 50;

interface Waiter {
  readonly tell: (reason: AppError) => void;
  /** Among those who wait; -1 once it does not. */
  place: number;
}

export function openPresence(url: string, pool: pg.Pool): Presence {
  const asking = new pg.Pool({
    connectionString: url,
    max: 1,
    application_name: 'docusnap presence',
    connectionTimeoutMillis: 2 * ANSWER_MS,
    query_timeout: 2 * ANSWER_MS,
    // A new connection costs a process and a proof of the password, more than the question.
    idleTimeoutMillis: 0,
    keepAlive: true,
  });
  // It is asked again over another connection.
  asking.on('error', () => undefined);
  const busy = new Set<pg.PoolClient>();
  pool.on('acquire', (client) => void busy.add(client));
  pool.on('release', (_error, client) => void busy.delete(client));
  // An array, not a Set: see the map of gather.ts.
  let waiting: Waiter[] = [];
  let away = false;
  let isOpen = false;
  let question: Promise<boolean> | undefined;

  /** One question serves all who want to know. */
  function isThere(): Promise<boolean> {
    question ??= ask().finally(() => {
      question = undefined;
    });
    return question;
  }

  async function ask(): Promise<boolean> {
    const late = afterSteps(ANSWER_MS / STEP_MS);
    try {
      const asked = asking.query('SELECT 1');
      asked.catch(() => undefined);
      await Promise.race([asked, late.promise]);
      away = false;
    } catch (error) {
      // Any answer is a sign of life, "too many connections" too.
      away = toDatabaseError(error).code === 'database_unavailable' && !isFull(error);
      if (away) giveUp(error);
    } finally {
      late.stop();
    }
    return !away;
  }

  function giveUp(cause: unknown): void {
    const told = waiting;
    waiting = [];
    for (const waiter of told) {
      waiter.place = -1;
      waiter.tell(new AppError('database_unavailable', undefined, { cause }));
    }
    // Ended with a statement under way, a client drops its connection, and the pool the client.
    for (const client of busy) void (client as unknown as pg.Client).end().catch(() => undefined);
    busy.clear();
  }

  async function whileThere<T>(work: () => Promise<T>): Promise<T> {
    // With the first statement, so that a question later waits for no connection.
    if (!isOpen) asking.query('SELECT 1').catch(() => undefined);
    isOpen = true;
    if (away && !(await isThere())) throw new AppError('database_unavailable');
    const { promise: gone, reject } = Promise.withResolvers<never>();
    const waiter: Waiter = { tell: reject, place: waiting.length };
    waiting.push(waiter);
    // After this loop's own standstill the answers that have come meanwhile are read first.
    const timer = setTimeout(() => setImmediate(() => void (waiter.place >= 0 && isThere())), PATIENCE_MS);
    try {
      return await Promise.race([work(), gone]);
    } finally {
      clearTimeout(timer);
      leave(waiter);
    }
  }

  /** The last one takes its place. */
  function leave(waiter: Waiter): void {
    const { place } = waiter;
    if (place < 0) return;
    const last = waiting.pop()!;
    waiter.place = -1;
    if (last === waiter) return;
    last.place = place;
    waiting[place] = last;
  }

  return { whileThere, isAway: () => away, close: () => asking.end() };
}

/** Rejects with `database_unavailable` after so many steps. */
function afterSteps(steps: number): { readonly promise: Promise<never>; stop(): void } {
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => undefined);
  let left = steps;
  const timer = setInterval(() => {
    left -= 1;
    if (left <= 0) reject(new AppError('database_unavailable'));
  }, STEP_MS);
  return { promise, stop: () => clearInterval(timer) };
}

/** SQLSTATE too_many_connections. */
function isFull(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === '53300';
}
