import type { Doorbell } from '@docusnap/contracts';
import { openQueue, type Queue } from '@docusnap/queue';
import { describeNeeding, testRedis } from '@docusnap/testing';
import { expect, test } from '@jest/globals';
import { form, openTestGateway } from '../test-gateway.ts';
import { png } from '../test-pictures.ts';

const onError = (error: unknown): void => {
  throw error;
};

async function submitAndListen(open: (databaseUrl: string) => Promise<Queue>): Promise<void> {
  const gateway = await openTestGateway({ queue: open });
  const answer = await gateway.call('/v1/jobs', { method: 'POST', body: form([png(), png(), png()]) });
  expect(answer.status).toBe(202);
  const { id } = await answer.json();
  const heard: Doorbell[] = [];
  const all = Promise.withResolvers<void>();
  gateway.ports.queue.listen('read', 1, async (bell) => {
    heard.push(bell);
    if (heard.length === 3) all.resolve();
  });
  await all.promise;
  expect(heard).toEqual([{ jobId: id }, { jobId: id }, { jobId: id }]);
  await gateway.close();
}

test('a submit rings once for each file on PostgreSQL', async () => {
  await submitAndListen((databaseUrl) => openQueue({ databaseUrl, onError }));
});

describeNeeding('redis-server', 'on Redis', () => {
  test('a submit rings once for each file on Redis', async () => {
    const redis = await testRedis();
    await submitAndListen(() => openQueue({ redisUrl: redis.url, onError }));
    await redis.close();
  });
});
