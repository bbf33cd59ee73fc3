import { expect, test } from '@jest/globals';
import { testRedis } from './database.ts';
import { redisCommands } from './redis.ts';
import { describeNeeding } from './tools.ts';

describeNeeding('redis-server', 'a test Redis', () => {
  test('is empty, not shared with another test, and loses everything when flushed', async () => {
    const [first, second] = await Promise.all([testRedis(), testRedis()]);
    const [port, database] = addressOf(first.url);
    await redisCommands(port, [`SELECT ${database}`, 'SET word here']);
    expect(await redisCommands(...sizeOf(second.url))).toEqual(['+OK', ':0']);
    expect(await redisCommands(...sizeOf(first.url))).toEqual(['+OK', ':1']);
    await first.flush();
    expect(await redisCommands(...sizeOf(first.url))).toEqual(['+OK', ':0']);
    await Promise.all([first.close(), second.close()]);
  });

  test('of its own can be stopped', async () => {
    const redis = await testRedis({ private: true });
    const [port] = addressOf(redis.url);
    expect(await redisCommands(port, ['PING'])).toEqual(['+PONG']);
    await redis.close();
    await expect(redisCommands(port, ['PING'])).rejects.toThrow('ECONNREFUSED');
  });
});

function addressOf(url: string): [port: number, database: string] {
  const { port, pathname } = new URL(url);
  return [Number(port), pathname.slice(1)];
}

function sizeOf(url: string): [port: number, commands: string[]] {
  const [port, database] = addressOf(url);
  return [port, [`SELECT ${database}`, 'DBSIZE']];
}
