import { breakableProxy, describeNeeding, freePort, testDatabase, testRedis } from '@docusnap/testing';
import { describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { migrateQueue } from './migrate.ts';
import { openQueue } from './open.ts';
import { ringWhenBack } from './ring-when-back.ts';

const noErrors = (error: unknown): void => {
  throw error;
};

test('a queue needs to be told where it is', async () => {
  await expect(openQueue({ redisUrl: '', onError: noErrors })).rejects.toThrow('needs a redisUrl or a databaseUrl');
});

describe('on PostgreSQL', () => {
  test('a database that is away is said so at once', async () => {
    const databaseUrl = `postgres://docusnap_api:api@127.0.0.1:${await freePort()}/nothing`;
    await expect(openQueue({ databaseUrl, onError: noErrors })).rejects.toMatchObject({ code: 'database_unavailable' });
  });

  test('a database without the schema is said so, and the migration may run twice at once', async () => {
    const database = await testDatabase({ empty: true });
    await expect(openQueue({ databaseUrl: database.directApiUrl, onError: noErrors })).rejects.toThrow(
      'has no schema "bullmq"',
    );
    await Promise.all([migrateQueue(database.ownerUrl), migrateQueue(database.ownerUrl)]);
    const queue = await openQueue({ databaseUrl: database.directApiUrl, onError: noErrors });
    // Either role rings first without owning anything.
    await queue.ring('read', 1, { jobId: 'a' });
    await queue.ring('read', 2, { jobId: 'a' });
    expect(await queue.countBells('read')).toBe(3);
    await queue.close();
    await database.drop();
  });
});

describeNeeding('redis-server', 'on Redis', () => {
  test('a server that is away at the start is waited for, and rings fail until it is there', async () => {
    const redis = await testRedis();
    const proxy = await breakableProxy(redis.url);
    await proxy.cut();
    const errors: unknown[] = [];
    const queue = await openQueue({ redisUrl: proxy.url, onError: (error) => errors.push(error) });
    const { promise: heard, resolve } = Promise.withResolvers<void>();
    const listener = queue.listen('read', 1, async () => resolve());
    await expect(queue.ring('read', 1, { jobId: 'a' })).rejects.toMatchObject({ code: 'queue_unavailable' });
    await proxy.mend();
    await listener.ready;
    await ringWhenBack(queue);
    await heard;
    expect(errors.length).toBeGreaterThan(0);
    await queue.close();
    await proxy.close();
    await redis.close();
  });

  test('all keys begin with the prefix, and another prefix hears nothing', async () => {
    const redis = await testRedis();
    const one = await openQueue({ redisUrl: redis.url, prefix: 'one', onError: noErrors });
    const two = await openQueue({ redisUrl: redis.url, prefix: 'two', onError: noErrors });
    await one.ring('read', 1, { jobId: 'a' });
    expect(await two.countBells('read')).toBe(0);
    await two.close();
    const client = new Redis(redis.url);
    const keys = await client.keys('*');
    expect(keys.filter((key) => !key.startsWith('one:') && !key.startsWith('two:'))).toEqual([]);
    await client.quit();
    await one.close();
    await redis.close();
  });

  test('a server that may drop bells is complained about', async () => {
    const redis = await testRedis({ private: true });
    const client = new Redis(redis.url);
    await client.config('SET', 'maxmemory-policy', 'allkeys-lru');
    await client.quit();
    const { promise: complaint, resolve } = Promise.withResolvers<unknown>();
    const queue = await openQueue({ redisUrl: redis.url, onError: resolve });
    expect(await complaint).toMatchObject({
      message: expect.stringContaining('allkeys-lru, and should be noeviction'),
    });
    await queue.close();
    await redis.close();
  });
});
