import { AppError, LANES, type Lane } from '@docusnap/contracts';
import { type Backend, BELL, type BellQueue } from './backend.ts';
import { listen } from './listen.ts';
import { openPostgres } from './postgres.ts';
import type { Listener, Queue, QueueOptions } from './queue.ts';
import { openRedis } from './redis.ts';
import { seldom } from './seldom.ts';
import { within } from './within.ts';

/** Bells added in one call: one script run a bell on Redis, one statement on PostgreSQL; keeps both servers free for others in between. */
const BELLS_A_CALL = 250;
/** Milliseconds after which a call to the queue counts as failed. */
const PATIENCE_MS = 1_000;

/**
 * Opens the queue: on Redis when `redisUrl` is set, else in PostgreSQL. A Redis that is away for now is no error (calls fail, listeners
 * wait, until it is back); a database that is away is `database_unavailable`, since nothing can run without it.
 */
export async function openQueue(options: QueueOptions): Promise<Queue> {
  const onError = seldom(options.onError);
  const backend = await openBackend(options, onError);
  const queues = new Map<Lane, BellQueue>(LANES.map((lane) => [lane, backend.openBellQueue(lane)]));
  const listeners = new Set<Listener>();

  return {
    kind: backend.kind,
    async ring(lane, count, bell) {
      for (let rung = 0; rung < count; rung += BELLS_A_CALL) {
        const bells = Math.min(BELLS_A_CALL, count - rung);
        await reach(() => addBells(queues.get(lane)!, lane, bells, bell));
      }
    },
    countBells: (lane) => reach(() => queues.get(lane)!.getWaitingCount()),
    listen(lane, concurrency, onBell) {
      const listener = listen(backend, lane, { concurrency, onBell, onError, onHandlerError: options.onError });
      listeners.add(listener);
      return { ready: listener.ready, close: () => listener.close().finally(() => listeners.delete(listener)) };
    },
    ping: () => reach(() => backend.ping()),
    async close() {
      await Promise.all([...listeners].map((listener) => listener.close()));
      await within(PATIENCE_MS, Promise.all([...queues.values()].map((queue) => queue.close()))).catch(onError);
      await within(PATIENCE_MS, backend.disconnect()).catch(onError);
    },
  };
}

async function openBackend(options: QueueOptions, onError: (error: unknown) => void): Promise<Backend> {
  if (options.redisUrl) return openRedis(options.redisUrl, options.prefix ?? 'docusnap', onError);
  if (options.databaseUrl) return openPostgres(options.databaseUrl, onError);
  throw new TypeError('openQueue needs a redisUrl or a databaseUrl');
}

/** A single bell, the usual case, costs less by `add`: on PostgreSQL `addBulk` makes temporary tables. */
async function addBells(queue: BellQueue, lane: Lane, count: number, bell: unknown): Promise<void> {
  if (count === 1) await queue.add(lane, bell, BELL);
  else await queue.addBulk(Array.from({ length: count }, () => ({ name: lane, data: bell, opts: BELL })));
}

async function reach<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await within(PATIENCE_MS, call());
  } catch (error) {
    throw new AppError('queue_unavailable', undefined, { cause: error });
  }
}
