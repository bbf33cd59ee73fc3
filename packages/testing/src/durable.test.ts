import { expect, test } from '@jest/globals';
import { startDurablePostgres } from './durable-postgres.ts';
import { startDurableRedis } from './durable-redis.ts';
import { freePort } from './ports.ts';
import { redisCommands } from './redis.ts';
import { describeNeeding } from './tools.ts';

const HERE = { address: '127.0.0.1', enter: [] };

test('a PostgreSQL that is killed has what was committed when it is started again, and leaves nothing behind when closed', async () => {
  const postgres = await startDurablePostgres({ ...HERE, port: await freePort() });
  await postgres.query('CREATE TABLE kept (word text)');
  await postgres.query("INSERT INTO kept VALUES ('here')");
  const first = postgres.pid();
  await postgres.kill();
  await expect(postgres.query('SELECT word FROM kept')).rejects.toThrow();
  await postgres.start();
  expect(postgres.pid()).not.toBe(first);
  expect(await postgres.query('SELECT word FROM kept')).toEqual([{ word: 'here' }]);
  expect(await postgres.query('SELECT id FROM jobs')).toEqual([]);
  await postgres.close();
});

describeNeeding('redis-server', 'a Redis that is killed', () => {
  test('has its data when it is started again with them, and nothing without', async () => {
    const port = await freePort();
    const redis = await startDurableRedis({ ...HERE, port });
    await redisCommands(port, ['CONFIG SET appendfsync always', 'SET word here']);
    await redis.kill();
    await redis.start();
    expect(await redisCommands(port, ['DBSIZE'])).toEqual([':1']);
    await redis.kill();
    await redis.start({ empty: true });
    expect(await redisCommands(port, ['DBSIZE'])).toEqual([':0']);
    await redis.close();
  });
});
