import { type BreakableProxy, breakableProxy, describeNeeding } from '@docusnap/testing';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openQueue } from './open.ts';
import { bellsCount, inPostgres, inRedis, type Place } from './places.ts';
import type { Queue } from './queue.ts';
import { ringWhenBack } from './ring-when-back.ts';

describeNeeding('redis-server', 'a queue on Redis', () => suite(inRedis));
describe('a queue on PostgreSQL', () => suite(inPostgres));

function suite(openPlace: () => Promise<Place>): void {
  let place: Place;
  let ringer: Queue;
  let listening: Queue;
  let errors: unknown[];
  let opened: Queue[];
  let proxies: BreakableProxy[];

  beforeEach(async () => {
    errors = [];
    opened = [];
    proxies = [];
    place = await openPlace();
    ringer = await open(place.ringerUrl);
    listening = await open(place.listenerUrl);
  });

  afterEach(async () => {
    await Promise.all(opened.map((queue) => queue.close()));
    await Promise.all(proxies.map((proxy) => proxy.close()));
    await place.remove();
  });

  async function open(url: string): Promise<Queue> {
    const where = place.kind === 'redis' ? { redisUrl: url } : { databaseUrl: url };
    const queue = await openQueue({ ...where, onError: (error) => errors.push(error) });
    opened.push(queue);
    return queue;
  }

  async function throughProxy(url: string): Promise<{ queue: Queue; proxy: BreakableProxy }> {
    const proxy = await breakableProxy(url);
    proxies.push(proxy);
    return { proxy, queue: await open(proxy.url) };
  }

  test('delivers each bell once, with what it carries, to whoever listens', async () => {
    const other = await open(place.listenerUrl);
    const { heard, onBell, all } = bellsCount(6);
    listening.listen('read', 2, onBell);
    other.listen('read', 2, onBell);
    await ringer.ring('read', 1, { jobId: 'a' });
    await ringer.ring('read', 5, { jobId: null });
    await all;
    expect(heard).toHaveLength(6);
    expect(heard).toContainEqual({ jobId: 'a' });
    expect(heard.filter((bell) => (bell as { jobId: unknown }).jobId === null)).toHaveLength(5);
    expect(errors).toEqual([]);
  });

  test('rings hundreds of bells in chunks and counts those that wait', async () => {
    await ringer.ring('read', 601, { jobId: 'a' });
    expect(await ringer.countBells('read')).toBe(601);
    expect(await listening.countBells('read')).toBe(601);
    await ringer.ring('read', 0, { jobId: 'a' });
    expect(await ringer.countBells('read')).toBe(601);
    const { onBell, all } = bellsCount(601);
    const listener = listening.listen('read', 8, onBell);
    await all;
    await listener.close();
    expect(await ringer.countBells('read')).toBe(0);
  });

  test('counts no bell that is being handled, and keeps none that was', async () => {
    const { promise: mayEnd, resolve: end } = Promise.withResolvers<void>();
    const { promise: began, resolve: begin } = Promise.withResolvers<void>();
    const listener = listening.listen('read', 1, () => {
      begin();
      return mayEnd;
    });
    await ringer.ring('read', 3, { jobId: 'a' });
    await began;
    expect(await ringer.countBells('read')).toBe(2);
    const closed = listener.close();
    end();
    await closed;
    expect(await ringer.countBells('read')).toBe(2);
  });

  test('handles as many bells at a time as asked, and no more', async () => {
    const { promise: mayEnd, resolve: end } = Promise.withResolvers<void>();
    const { promise: three, resolve: reachThree } = Promise.withResolvers<void>();
    let running = 0;
    let most = 0;
    const { onBell, all } = bellsCount(12);
    listening.listen('read', 3, async (bell) => {
      running += 1;
      most = Math.max(most, running);
      if (running === 3) reachThree();
      await mayEnd;
      running -= 1;
      await onBell(bell);
    });
    await ringer.ring('read', 12, { jobId: 'a' });
    await three;
    end();
    await all;
    expect(most).toBe(3);
  });

  test('wakes an idle listener within a few milliseconds', async () => {
    const times: number[] = [];
    let rungAt = 0;
    let heard = () => {};
    const listener = listening.listen('read', 2, async () => {
      times.push(performance.now() - rungAt);
      heard();
    });
    await listener.ready;
    for (let ring = 0; ring < 21; ring += 1) {
      const delivered = new Promise<void>((resolve) => {
        heard = resolve;
      });
      rungAt = performance.now();
      await ringer.ring('read', 1, { jobId: 'a' });
      await delivered;
    }
    const median = times.sort((a, b) => a - b)[10]!;
    // 2-3 ms on an idle machine; polling would take five thousand.
    expect(median).toBeLessThan(2_500);
  });

  test('reports a handler that fails, does not deliver its bell again, and goes on', async () => {
    let calls = 0;
    const { onBell, all } = bellsCount(1);
    listening.listen('read', 1, async (bell) => {
      calls += 1;
      if (calls === 1) throw new Error('handler failed');
      await onBell(bell);
    });
    await ringer.ring('read', 2, { jobId: 'a' });
    await all;
    expect(calls).toBe(2);
    expect(errors).toEqual([expect.objectContaining({ message: 'handler failed' })]);
    expect(await ringer.countBells('read')).toBe(0);
  });

  test('closing a listener waits for running handlers and leaves the other bells', async () => {
    const { promise: mayEnd, resolve: end } = Promise.withResolvers<void>();
    const { promise: began, resolve: begin } = Promise.withResolvers<void>();
    let ended = false;
    const listener = listening.listen('read', 1, async () => {
      begin();
      await mayEnd;
      ended = true;
    });
    await ringer.ring('read', 2, { jobId: 'a' });
    await began;
    const closed = listener.close().then(() => expect(ended).toBe(true));
    end();
    await closed;
    const { onBell, all } = bellsCount(1);
    listening.listen('read', 1, onBell);
    await all;
  });

  test('closing the queue closes its listeners, and a listener may be closed twice', async () => {
    const listener = listening.listen('read', 1, async () => {});
    await Promise.all([listening.close(), listener.close()]);
    await ringer.ring('read', 1, { jobId: 'a' });
    expect(await ringer.countBells('read')).toBe(1);
  });

  test('resumes delivery by itself when all connections were cut', async () => {
    const { queue, proxy } = await throughProxy(place.listenerUrl);
    const first = bellsCount(1);
    const second = bellsCount(1);
    let current = first;
    const listener = queue.listen('read', 2, (bell) => current.onBell(bell));
    await ringer.ring('read', 1, { jobId: 'before' });
    await first.all;
    current = second;
    await proxy.cut();
    await ringer.ring('read', 1, { jobId: 'meanwhile' });
    await proxy.mend();
    await second.all;
    await listener.close();
  });

  test('resumes delivery when the server comes back empty, without a restart of either side', async () => {
    const ringing = await throughProxy(place.ringerUrl);
    const hearing = await throughProxy(place.listenerUrl);
    const first = bellsCount(1);
    const second = bellsCount(1);
    let current = first;
    const listener = hearing.queue.listen('read', 2, (bell) => current.onBell(bell));
    await ringing.queue.ring('read', 1, { jobId: 'before' });
    await first.all;
    current = second;
    await Promise.all([ringing.proxy.cut(), hearing.proxy.cut()]);
    await place.loseAll();
    await expect(ringing.queue.ring('read', 1, { jobId: 'lost' })).rejects.toMatchObject({ code: 'queue_unavailable' });
    await Promise.all([ringing.proxy.mend(), hearing.proxy.mend()]);
    await ringWhenBack(ringing.queue);
    await second.all;
    await listener.close();
  });

  test('a handler may run on while its server goes away and comes back', async () => {
    const { queue, proxy } = await throughProxy(place.listenerUrl);
    const { promise: mayEnd, resolve: end } = Promise.withResolvers<void>();
    const { promise: began, resolve: begin } = Promise.withResolvers<void>();
    const after = bellsCount(1);
    let calls = 0;
    const listener = queue.listen('read', 1, async (bell) => {
      calls += 1;
      if (calls > 1) return after.onBell(bell);
      begin();
      await mayEnd;
    });
    await ringer.ring('read', 1, { jobId: 'a' });
    await began;
    await proxy.cut();
    await place.loseAll();
    await proxy.mend();
    end();
    await ringer.ring('read', 1, { jobId: 'b' });
    await after.all;
    expect(after.heard).toEqual([{ jobId: 'b' }]);
    await listener.close();
  });

  test.each(['cut', 'freeze'] as const)(
    'ring, count and ping fail within about a second when connections are %s',
    async (how) => {
      const { queue, proxy } = await throughProxy(place.ringerUrl);
      await queue.ring('read', 1, { jobId: 'a' });
      await proxy[how]();
      const began = performance.now();
      const calls = [queue.ring('read', 1, { jobId: 'a' }), queue.countBells('read'), queue.ping()];
      for (const call of await Promise.allSettled(calls)) {
        expect(call).toMatchObject({ status: 'rejected', reason: { name: 'AppError', code: 'queue_unavailable' } });
      }
      expect(performance.now() - began).toBeLessThan(40_000);
    },
  );

  test('closes within seconds when the server is gone, its handlers ended', async () => {
    const { queue, proxy } = await throughProxy(place.listenerUrl);
    const { onBell, all } = bellsCount(1);
    queue.listen('read', 1, onBell);
    await ringer.ring('read', 1, { jobId: 'a' });
    await all;
    await proxy.cut();
    const began = performance.now();
    await queue.close();
    expect(performance.now() - began).toBeLessThan(80_000);
  });

  test('answers a ping and says where it is', async () => {
    await ringer.ping();
    expect(ringer.kind).toBe(place.kind);
  });
}
