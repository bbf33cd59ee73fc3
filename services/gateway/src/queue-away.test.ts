import { sweep } from '@docusnap/db';
import { openQueue, type Queue } from '@docusnap/queue';
import { startSweep } from '@docusnap/runtime';
import { type BreakableProxy, breakableProxy, describeNeeding, testRedis } from '@docusnap/testing';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { form, openTestGateway, type TestGateway } from './test-gateway.ts';
import { png } from './test-pictures.ts';

/** Milliseconds a call to the queue is waited for at least: a submit that waited for it would take longer. */
const PATIENCE_MS = 1_000;
const SUBMITS = 20;

describeNeeding('redis-server', 'a gateway whose Redis is away', () => suite('redis'));
describe('a gateway whose connections to the queue in PostgreSQL are away', () => suite('postgres'));

function suite(kind: 'redis' | 'postgres'): void {
  let gateway: TestGateway;
  let proxy: BreakableProxy;
  let closeRedis: (() => Promise<void>) | undefined;

  beforeEach(async () => {
    const redis = kind === 'redis' ? await testRedis() : undefined;
    closeRedis = redis?.close;
    gateway = await openTestGateway({
      queue: async (databaseUrl): Promise<Queue> => {
        proxy = await breakableProxy(redis?.url ?? databaseUrl);
        const where = redis ? { redisUrl: proxy.url } : { databaseUrl: proxy.url };
        return openQueue({ ...where, prefix: 'away', onError: () => undefined });
      },
    });
  });
  afterEach(async () => {
    await proxy.close();
    await gateway.close();
    await closeRedis?.();
  });

  test.each(['cut', 'swallow'] as const)(
    'takes submits as fast as ever, stays ready, says that the queue is degraded, and rings when it is back (%s)',
    async (how) => {
      const { queue } = gateway.ports;
      await submitOnce(gateway);
      while ((await queue.countBells('read')) < 1) await pause();
      await proxy[how]();
      const took: number[] = [];
      for (let submits = 0; submits < SUBMITS; submits += 1) {
        const startedAt = performance.now();
        await submitOnce(gateway);
        took.push(performance.now() - startedAt);
      }
      // Most of them: on a busy machine one or the other may take longer, for reasons of its own.
      expect(took.filter((ms) => ms < PATIENCE_MS).length).toBeGreaterThan(SUBMITS / 2);
      const ready = await gateway.call('/readyz');
      expect([ready.status, await ready.json()]).toMatchObject([
        200,
        { ready: true, checks: { database: 'ok', storage: 'ok', queue: 'degraded' } },
      ]);
      await proxy.cut();
      await proxy.mend();
      const sweeping = startSweep(
        {
          sweep: () => sweep(gateway.worker, { countBells: queue.countBells }),
          ring: (lane, count) => queue.ring(lane, count, { jobId: null }),
          log: gateway.ports.log,
        },
        { everyMs: 50 },
      );
      while ((await queue.countBells('read').catch(() => 0)) < SUBMITS + 1) await pause();
      await sweeping.stop();
      expect(await queue.countBells('read')).toBeGreaterThanOrEqual(SUBMITS + 1);
    },
  );
}

async function submitOnce(gateway: TestGateway): Promise<void> {
  const answer = await gateway.call('/v1/jobs', { method: 'POST', body: form([png()]) });
  expect(answer.status).toBe(202);
}

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20));
