import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, expect, test } from '@jest/globals';
import type { ReaderScript } from '../rehearsal/reader-script.ts';
import { openWaitingRoom } from './direct.ts';
import { type Loan, openReaders, type Readers, type ReadersOptions } from './pool.ts';
import type { ReaderLost } from './reader-lost.ts';

const MIB = 1024 * 1024;
let open: Readers[] = [];

afterEach(async () => {
  await Promise.all(open.map((readers) => readers.close()));
  open = [];
});

async function startReaders(options: Partial<ReadersOptions> = {}) {
  const recycled: string[] = [];
  const readers = await openReaders({
    count: 1,
    pageThreads: 8,
    maxPages: 1_000,
    maxRssBytes: 4_096 * MIB,
    pageTimeoutMs: 120_000,
    startTimeoutMs: 120_000,
    environment: {},
    script: new URL('../rehearsal/reader/main.ts', import.meta.url),
    onRecycle: (reason) => recycled.push(reason),
    onStartFailed: () => undefined,
    ...options,
  });
  open.push(readers);
  return { readers, recycled };
}

const request = (script: ReaderScript = {}) =>
  ({ kind: 'readBytes', bytes: Buffer.from(JSON.stringify(script)), maxPixels: 1_000 }) as const;

async function readOnce(readers: Readers, script: ReaderScript = {}) {
  const loan = await readers.borrow('jobs');
  try {
    return { pid: loan.pid, reply: await loan.ask(request(script)) };
  } finally {
    loan.giveBack();
  }
}

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

test('a reader is lent to one caller at a time, first come first served', async () => {
  const { readers } = await startReaders();
  const first = await readers.borrow('jobs');
  const order: string[] = [];
  const later = ['b', 'c'].map(async (name) => {
    const loan = await readers.borrow('jobs');
    order.push(name);
    loan.giveBack();
  });
  expect(readers.state()).toMatchObject({ ready: 1, busy: 1, waiting: { jobs: 2, direct: 0 }, provider: 'scripted' });
  first.giveBack();
  first.giveBack();
  await Promise.all(later);
  expect(order).toEqual(['b', 'c']);
  expect(readers.state().busy).toBe(0);
});

test('a page alone is granted the cores of idle readers, and pages that are read together have one each', async () => {
  const { readers } = await startReaders({ count: 3, pageThreads: 2 });
  const threadsOf = async (loan: Loan) => (await loan.ask(request({ holdMs: 20 }))).stages.threads;
  const first = await readers.borrow('jobs');
  expect(await threadsOf(first)).toBe(2);
  const others = [await readers.borrow('jobs'), await readers.borrow('direct')];
  expect(await Promise.all([first, ...others].map(threadsOf))).toEqual([1, 1, 1]);
  for (const loan of [...others, first]) loan.giveBack();
  const next = await readers.borrow('jobs');
  expect(next.pid).toBe(first.pid);
  expect(await threadsOf(next)).toBe(2);
  next.giveBack();
});

test('no core is granted while somebody waits for a reader', async () => {
  const { readers } = await startReaders({ count: 2 });
  const [first, second] = [await readers.borrow('jobs'), await readers.borrow('jobs')];
  const waiting = readers.borrow('direct');
  second.giveBack();
  const third = await waiting;
  expect((await first.ask(request())).stages.threads).toBe(1);
  third.giveBack();
  expect((await first.ask(request())).stages.threads).toBe(2);
  first.giveBack();
});

test('a reader that dies with a request in hand loses that request only, and another takes its place', async () => {
  const { readers, recycled } = await startReaders();
  const { pid } = await readOnce(readers);
  await expect(readOnce(readers, { die: [0] })).rejects.toMatchObject({ name: 'ReaderLost', how: 'died' });
  const next = await readOnce(readers);
  expect(next.pid).not.toBe(pid);
  expect(recycled).toEqual(['died']);
});

test('a reader that dies again and again is replaced more slowly each time, and comes back', async () => {
  const { readers, recycled } = await startReaders();
  for (let i = 0; i < 3; i++) await expect(readOnce(readers, { die: [0] })).rejects.toThrow('SIGKILL');
  expect((await readOnce(readers)).reply.pixels).toBe(100);
  expect(recycled).toEqual(['died', 'died', 'died']);
});

test('a request that takes too long ends with its reader', async () => {
  const { readers, recycled } = await startReaders({ pageTimeoutMs: 2_000 });
  await expect(readOnce(readers, { stall: [0] })).rejects.toMatchObject({ name: 'ReaderLost', how: 'timeout' });
  expect((await readOnce(readers)).reply.pixels).toBe(100);
  expect(recycled).toEqual(['timeout']);
});

test('a reader is replaced after its pages, by one that was warm before the old one went, and no request is lost', async () => {
  const { readers, recycled } = await startReaders({ count: 2, maxPages: 3 });
  const pids = new Set<number>();
  const readMany = async () => {
    while (recycled.length < 4) pids.add((await readOnce(readers, { holdMs: 5 })).pid);
  };
  await Promise.all([readMany(), readMany(), readMany()]);
  expect(new Set(recycled)).toEqual(new Set(['pages']));
  expect(pids.size).toBeGreaterThanOrEqual(4);
  expect(readers.state().ready).toBe(2);
});

test('a reader that has grown too large is replaced before it is lent again', async () => {
  const { readers, recycled } = await startReaders({ maxRssBytes: MIB });
  const first = await readOnce(readers);
  const second = await readOnce(readers);
  expect(second.pid).not.toBe(first.pid);
  expect(recycled.slice(0, 1)).toEqual(['rss']);
});

test('what a reader throws on purpose comes back with its code and words, and the reader goes on', async () => {
  const { readers, recycled } = await startReaders();
  await expect(readOnce(readers, { undecodable: [0] })).rejects.toMatchObject({
    code: 'file_undecodable',
    message: 'The file is damaged or not what it says it is. It is scripted so.',
  });
  await readOnce(readers);
  expect(recycled).toEqual([]);
});

test('a reader that throws what nobody expected is not used again; its words are kept for the log', async () => {
  const { readers, recycled } = await startReaders();
  const { pid } = await readOnce(readers);
  await expect(readOnce(readers, { surprise: [0] })).rejects.toMatchObject({
    name: 'ReaderLost',
    how: 'broken',
    message: expect.stringContaining('TypeError: a surprise'),
  });
  expect((await readOnce(readers)).pid).not.toBe(pid);
  expect(recycled).toEqual(['broken']);
});

test('a reader that cannot start fails the opening with its own words', async () => {
  const environment = { SCRIPTED_UNABLE: 'The provider does not load.' };
  await expect(startReaders({ environment })).rejects.toMatchObject({
    name: 'ReaderUnable',
    message: 'The provider does not load.',
  });
});

test('a script that dies at once fails the opening with its last words', async () => {
  const script = new URL('./no-such-reader.ts', import.meta.url);
  await expect(startReaders({ script })).rejects.toThrow(/no-such-reader/);
});

test('a caller that gives up while waiting leaves the queue', async () => {
  const { readers } = await startReaders();
  const loan = await readers.borrow('jobs');
  const patience = new AbortController();
  const waiting = readers.borrow('direct', { signal: patience.signal });
  patience.abort(new Error('gone'));
  await expect(waiting).rejects.toThrow('gone');
  expect(readers.state().waiting.direct).toBe(0);
  loan.giveBack();
});

test('closing refuses those who wait, ends requests in hand and leaves no process behind', async () => {
  const { readers } = await startReaders();
  const loan = await readers.borrow('jobs');
  const reading = loan.ask(request({ stall: [0] })).catch((error: ReaderLost) => error.how);
  const waiting = readers.borrow('jobs').catch((error: { code: string }) => error.code);
  await readers.close();
  expect(await reading).toBe('stopped');
  expect(await waiting).toBe('shutting_down');
  expect(isAlive(loan.pid)).toBe(false);
  await expect(readers.borrow('jobs')).rejects.toMatchObject({ code: 'shutting_down' });
});

test('what can wait gets a reader only when nobody waits for one and none was worked with a moment ago', async () => {
  const { readers } = await startReaders();
  await readOnce(readers);
  expect(readers.borrowIdle()).toBeUndefined();
  await new Promise((resolve) => setTimeout(resolve, 150));
  const idle = readers.borrowIdle()!;
  expect(readers.state().busy).toBe(1);
  expect(readers.borrowIdle()).toBeUndefined();
  const waiting = readers.borrow('jobs');
  idle.giveBack();
  const loan = await waiting;
  expect(readers.borrowIdle()).toBeUndefined();
  loan.giveBack();
});

test('while direct callers queue up, units still get three of every four readers', async () => {
  const { readers } = await startReaders();
  const order: string[] = [];
  let units = 9;
  // As in the service: a unit's next doorbell comes only after the last one has ended.
  const workUnits = async () => {
    while (units-- > 0) {
      const loan = await readers.borrow('jobs');
      order.push('job');
      await loan.ask(request({ holdMs: 2 }));
      loan.giveBack();
      // Less than the moment for which its reader waits, however busy the machine is.
      await new Promise(setImmediate);
    }
  };
  const workDirect = async () => {
    while (units > 0) {
      const loan = await readers.borrow('direct');
      order.push('direct');
      await loan.ask(request({ holdMs: 2 }));
      loan.giveBack();
    }
  };
  await Promise.all([workUnits(), workDirect(), workDirect()]);
  const directShare = order.filter((lane) => lane === 'direct').length / order.length;
  expect(directShare).toBeLessThanOrEqual(0.34);
  expect(directShare).toBeGreaterThanOrEqual(0.1);
});

test('a process that several readers share is one process to whoever counts memory and replacements', async () => {
  const { readers, recycled } = await startReaders({ count: 4, seats: 2 });
  const { ready, alive } = readers.state();
  expect(ready).toBe(4);
  expect(alive.map(({ number }) => number)).toEqual([1, 3]);
  expect(new Set(alive.map(({ pid }) => pid)).size).toBe(2);
  const loan = await readers.borrow('jobs');
  await expect(loan.ask(request({ die: [0] }))).rejects.toMatchObject({ how: 'died' });
  loan.giveBack();
  while (readers.state().ready < 4) await delay(10);
  expect(recycled).toEqual(['died']);
  expect(readers.state().alive).toHaveLength(2);
});

test('the waiting room seats two direct callers a reader and tells the next one when to come again', async () => {
  const { readers } = await startReaders();
  const room = openWaitingRoom(readers, { imageBytes: 100 });
  const [first, second] = [room.enter(), room.enter()];
  expect(() => room.enter()).toThrow(expect.objectContaining({ code: 'readers_busy', retryAfter: expect.any(Number) }));
  first.leave();
  first.leave();
  const third = room.enter();
  expect(() => room.enter()).toThrow(expect.objectContaining({ code: 'readers_busy' }));
  const loan = await second.borrow(new AbortController().signal);
  loan.giveBack();
  room.enter().leave();
  third.leave();
});

test('the waiting room holds the images of those who wait and are read, and tells who brings more when to come again', async () => {
  const { readers } = await startReaders();
  const room = openWaitingRoom(readers, { imageBytes: 100 });
  const large = room.arrive();
  const slow = room.arrive();
  large.grow(290);
  slow.grow(10);
  expect(() => slow.grow(1)).toThrow(expect.objectContaining({ code: 'readers_busy', retryAfter: expect.any(Number) }));
  large.leave();
  large.leave();
  slow.grow(290);
  // Who is alone brings what it may.
  slow.grow(100);
  slow.leave();
});
