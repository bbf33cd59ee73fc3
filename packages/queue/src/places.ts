import { type TestDatabase, testDatabase, testRedis } from '@docusnap/testing';
import pg from 'pg';

/** The server of one test of the queue, as the two services reach it. */
export interface Place {
  readonly kind: 'redis' | 'postgres';
  /** Of the process that rings, and of the one that listens. */
  readonly ringerUrl: string;
  readonly listenerUrl: string;
  /** Forgets all bells, as a restart of a Redis without persistence does. */
  loseAll(): Promise<void>;
  remove(): Promise<void>;
}

export async function inRedis(): Promise<Place> {
  const redis = await testRedis();
  return { kind: 'redis', ringerUrl: redis.url, listenerUrl: redis.url, loseAll: redis.flush, remove: redis.close };
}

export async function inPostgres(): Promise<Place> {
  const database: TestDatabase = await testDatabase();
  return {
    kind: 'postgres',
    ringerUrl: database.directApiUrl,
    listenerUrl: database.directWorkerUrl,
    loseAll: () => inDatabase(database, 'TRUNCATE bullmq.job CASCADE'),
    remove: database.drop,
  };
}

async function inDatabase(database: TestDatabase, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: database.superuserUrl });
  await client.connect();
  await client.query(statement);
  await client.end();
}

/** A handler that keeps what it hears; `all` resolves with the `count`th bell. */
export function bellsCount(count: number): {
  heard: unknown[];
  onBell: (bell: unknown) => Promise<void>;
  all: Promise<void>;
} {
  const heard: unknown[] = [];
  const { promise: all, resolve } = Promise.withResolvers<void>();
  return {
    heard,
    all,
    onBell: async (bell) => {
      heard.push(bell);
      if (heard.length === count) resolve();
    },
  };
}
