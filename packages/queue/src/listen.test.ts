import { setTimeout as sleep } from 'node:timers/promises';
import { describeNeeding, testDatabase, testRedis } from '@docusnap/testing';
import { describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { type Backend, BELL } from './backend.ts';
import { listen } from './listen.ts';
import { openQueue } from './open.ts';
import { openPostgres } from './postgres.ts';
import { openRedis } from './redis.ts';

/** Lock times in milliseconds, far shorter than the real ones; with yet shorter ones a busy machine that stands still loses them. */
const HURRIED = { autorun: false, lockDuration: 4_000, stalledInterval: 250, maxStalledCount: 1_000, drainDelay: 1 };

async function handledAgain(backend: Backend, errors: unknown[]): Promise<number> {
  let calls = 0;
  const { promise: began, resolve: begin } = Promise.withResolvers<void>();
  const options = {
    concurrency: 1,
    onBell: async () => {
      calls += 1;
      begin();
      // Far more than the stalled check needs to take away a bell whose lock is over.
      await sleep(1.5 * HURRIED.lockDuration);
    },
    onError: (error: unknown) => errors.push(error),
    onHandlerError: (error: unknown) => errors.push(error),
    settings: HURRIED,
  };
  const listeners = [listen(backend, 'read', options), listen(backend, 'read', options)];
  const queue = backend.openBellQueue('read');
  await queue.add('read', { jobId: 'a' }, BELL);
  await began;
  await sleep(1.75 * HURRIED.lockDuration);
  await Promise.all(listeners.map((listener) => listener.close()));
  await queue.close();
  await backend.disconnect();
  return calls;
}

describeNeeding('redis-server', 'on Redis', () => {
  test('a handler that outlasts the lock keeps its bell: it is neither delivered again nor failed', async () => {
    const redis = await testRedis();
    const errors: unknown[] = [];
    const backend = await openRedis(redis.url, 'long', (error) => errors.push(error));
    expect(await handledAgain(backend, errors)).toBe(1);
    expect(errors).toEqual([]);
    await redis.close();
  });
});

describe('on PostgreSQL', () => {
  test('a handler that outlasts the lock keeps its bell: it is neither delivered again nor failed', async () => {
    const database = await testDatabase();
    const errors: unknown[] = [];
    const backend = await openPostgres(database.directWorkerUrl, (error) => errors.push(error));
    expect(await handledAgain(backend, errors)).toBe(1);
    expect(errors).toEqual([]);
    await database.drop();
  });

  test('delivery resumes after the server ended all connections of the listener, each time', async () => {
    const database = await testDatabase();
    const superuser = new pg.Client({ connectionString: database.superuserUrl });
    await superuser.connect();
    const queue = await openQueue({ databaseUrl: database.directWorkerUrl, onError: () => {} });
    let heard = () => {};
    const listener = queue.listen('read', 2, async () => heard());
    await listener.ready;
    for (let round = 0; round < 3; round += 1) {
      await superuser.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`,
      );
      const delivered = new Promise<void>((resolve) => {
        heard = resolve;
      });
      // From a process whose connections were not ended.
      const ringer = await openQueue({ databaseUrl: database.directApiUrl, onError: () => {} });
      await ringer.ring('read', 1, { jobId: 'a' });
      await delivered;
      await ringer.close();
    }
    await queue.close();
    await superuser.end();
    await database.drop();
  });
});
