import { Queue as BullQueue, Worker } from 'bullmq';
import type { Cluster, Redis } from 'ioredis';
import type { Backend } from './backend.ts';
import { openRedisClient, parseRedisAddress, prefixFor } from './redis-address.ts';
import { within } from './within.ts';

const LONGEST_RECONNECT_MS = 1_000;

/** Forever, after 50 ms at first and 1 s at most: a doorbell that is back should be heard at once. */
const RECONNECT = { retryStrategy: (attempt: number) => Math.min(attempt * 50, LONGEST_RECONNECT_MS) };
/** Without an offline queue a call fails while the server is away, instead of waiting for it. */
const FOR_CALLS = { ...RECONNECT, enableOfflineQueue: false, maxRetriesPerRequest: 0 };
/** A worker waits for as long as it takes. */
const FOR_WORKERS = { ...RECONNECT, maxRetriesPerRequest: null };

/** Our own look at the server replaces BullMQ's, which writes to the console, and which fails for good when its connection is cut meanwhile. */
const UNCHECKED = { skipVersionCheck: true, skipWaitingForReady: true } as const;

/** Nobody reads what BullMQ tells of its bells; it keeps ten times as many unless told otherwise. */
const EVENTS = { events: { maxLen: 1_000 } } as const;

/** Milliseconds that a server which is away at the start is waited for. */
const FIRST_CONNECT_MS = 1_000;

export async function openRedis(url: string, name: string, onError: (error: unknown) => void): Promise<Backend> {
  const address = parseRedisAddress(url);
  const prefix = prefixFor(address, name);
  const client = openRedisClient(address, { ...FOR_CALLS, connectionName: `${name}:calls` });
  client.on('error', onError);
  const connected = new Promise<void>((resolve) => {
    client.once('ready', () => resolve(warnOfEviction(client).catch(onError)));
  });
  // Whether it is there will show in the calls; without this the first of them would fail for coming too soon.
  await within(FIRST_CONNECT_MS, connected).catch(onError);

  async function warnOfEviction(redis: Redis | Cluster): Promise<void> {
    const policy = /^maxmemory_policy:(.*?)\r?$/m.exec(await redis.info('memory'))?.[1];
    if (policy !== undefined && policy !== 'noeviction') {
      onError(new Error(`Redis may drop bells: its maxmemory-policy is ${policy}, and should be noeviction`));
    }
  }

  return {
    kind: 'redis',
    openBellQueue(lane) {
      const queue = new BullQueue(lane, { connection: client, prefix, streams: EVENTS, ...UNCHECKED });
      queue.on('error', onError);
      return queue;
    },
    openWorker(lane, processor, settings) {
      const connection = openRedisClient(address, { ...FOR_WORKERS, connectionName: `${name}:worker` });
      connection.on('error', onError);
      const worker = new Worker(lane, processor, { ...settings, connection, prefix, skipVersionCheck: true });
      worker.on('error', onError);
      return {
        worker,
        disconnect: async () => {
          connection.disconnect();
        },
        cut: () => connection.disconnect(),
      };
    },
    ping: async () => {
      await client.ping();
    },
    disconnect: async () => {
      client.disconnect();
    },
  };
}
