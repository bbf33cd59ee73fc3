import { AppError } from '@docusnap/contracts';
import {
  assertSchemaCompatibility,
  createPostgresBackend,
  type PgPool,
  SchemaMigrationRequiredError,
  withBackend,
} from 'bullmq';
import pg from 'pg';
import type { Backend } from './backend.ts';

/** BullMQ's own schema, and the only one it takes together with a pool. */
export const SCHEMA = 'bullmq';
/** Calls at a time: rings and counts are short. */
const CALL_CONNECTIONS = 2;
/** One connection LISTENs; the others claim and finish bells. */
const WORKER_CONNECTIONS = 3;
const CONNECT_MS = 5_000;

const { Queue: BullQueue, Worker } = withBackend(createPostgresBackend);

/**
 * BullMQ cannot load pg by itself under ESM, and needs its schema first in the search path. Idle connections stay open: a new one costs more
 * than the ring it is for. Commits are not waited for until they are on the disk: a crash of the server may lose a bell, which the sweep
 * rings again.
 */
function openPool(url: string, max: number, onError: (error: unknown) => void): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    options: `-c search_path=${SCHEMA} -c synchronous_commit=off`,
    application_name: 'docusnap-queue',
    max,
    idleTimeoutMillis: 0,
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
  });
  pool.on('error', onError);
  // The pool hears of idle connections only. One that BullMQ has in hand, with no statement under way, would end the process by breaking.
  pool.on('connect', (client) => client.on('error', onError));
  return pool;
}

/** BullMQ describes what it needs of a pool in types of its own, which pg's do not match in the letter. */
function forBullMQ(pool: pg.Pool): PgPool {
  return pool as unknown as PgPool;
}

export async function openPostgres(url: string, onError: (error: unknown) => void): Promise<Backend> {
  const calls = openPool(url, CALL_CONNECTIONS, onError);
  try {
    // BullMQ looks once and remembers a failure for good, so it is not let near a database that is not ready.
    await checkSchema(calls);
  } catch (error) {
    await calls.end();
    throw error;
  }
  return {
    kind: 'postgres',
    openBellQueue(lane) {
      const queue = new BullQueue(lane, { connection: forBullMQ(calls), streams: { events: { maxLen: 1_000 } } });
      queue.on('error', onError);
      return queue;
    },
    openWorker(lane, processor, settings) {
      const pool = openPool(url, WORKER_CONNECTIONS, onError);
      const worker = new Worker(lane, processor, { ...settings, connection: forBullMQ(pool) });
      worker.on('error', onError);
      return { worker, disconnect: () => pool.end(), cut: () => {} };
    },
    ping: async () => {
      await calls.query('SELECT 1');
    },
    disconnect: () => calls.end(),
  };
}

async function checkSchema(pool: pg.Pool): Promise<void> {
  const client = await pool.connect().catch((error: unknown) => {
    throw new AppError('database_unavailable', undefined, { cause: error });
  });
  try {
    await assertSchemaCompatibility(client, SCHEMA);
  } catch (error) {
    if (!(error instanceof SchemaMigrationRequiredError)) throw error;
    throw new Error(`The database has no schema "${SCHEMA}" yet: run the migrations (migrateQueue) first.`, {
      cause: error,
    });
  } finally {
    client.release();
  }
}
