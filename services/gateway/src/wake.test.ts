import type { JobVersion } from '@docusnap/db';
import { afterEach, expect, jest, test } from '@jest/globals';
import { openWake, type WaitOptions } from './wake.ts';

afterEach(() => {
  jest.useRealTimers();
});

function setUp() {
  const versions = new Map<string, JobVersion>();
  const asked: string[][] = [];
  const errors: unknown[] = [];
  const stop = new AbortController();
  const wake = openWake({
    jobVersions: async (ids) => {
      asked.push([...ids]);
      return new Map(versions);
    },
    onError: (error) => errors.push(error),
    stopping: stop.signal,
  });
  const options: WaitOptions = { after: 1, until: 'change', timeoutMs: 60_000, signal: new AbortController().signal };
  return { versions, asked, errors, stop, wake, options };
}

const turns = () => new Promise<void>((resolve) => setImmediate(resolve));

test('a change made after the caller read the job and before it waits is not missed', async () => {
  // Whose clock stands still, so that it is not the timer that looks, two seconds later.
  jest.useFakeTimers({ doNotFake: ['setImmediate'] });
  const { versions, wake, options } = setUp();
  versions.set('a', { version: 2, ended: false });
  await wake.wait('a', options);
  expect(wake.held()).toBe(0);
});

test('a notification wakes those who wait for that job, once there is news', async () => {
  const { versions, wake, options } = setUp();
  versions.set('a', { version: 1, ended: false }).set('b', { version: 1, ended: false });
  let woken = '';
  const a = wake.wait('a', options).then(() => {
    woken += 'a';
  });
  const b = wake.wait('b', options).then(() => {
    woken += 'b';
  });
  await turns();
  wake.notify('a');
  await turns();
  expect(woken).toBe('');
  versions.set('a', { version: 2, ended: false });
  wake.notify('a');
  await a;
  expect(woken).toBe('a');
  versions.set('b', { version: 2, ended: true });
  wake.notify('b');
  await b;
});

test('a notification that says what the job has come to is believed without a look', async () => {
  const { versions, asked, wake, options } = setUp();
  versions.set('a', { version: 1, ended: false });
  let woken = false;
  const end = wake.wait('a', { ...options, until: 'end' }).then(() => {
    woken = true;
  });
  await turns();
  const looks = asked.length;
  wake.notify('a', { version: 2, ended: false });
  await turns();
  expect(woken).toBe(false);
  wake.notify('a', { version: 3, ended: true });
  await end;
  expect(asked.length).toBe(looks);
});

test('who waits for the end sleeps through other changes', async () => {
  const { versions, wake, options } = setUp();
  versions.set('a', { version: 5, ended: false });
  let woken = false;
  const end = wake.wait('a', { ...options, until: 'end' }).then(() => {
    woken = true;
  });
  await turns();
  expect(woken).toBe(false);
  versions.set('a', { version: 6, ended: true });
  wake.notify('a');
  await end;
});

test('a job that is gone wakes its waiters', async () => {
  const { wake, options } = setUp();
  await wake.wait('gone', { ...options, until: 'end' });
});

test('all jobs that are waited for are looked at in one query every two seconds, and none when nobody waits', async () => {
  jest.useFakeTimers({ doNotFake: ['setImmediate'] });
  const { versions, asked, wake, options } = setUp();
  for (const id of ['a', 'b', 'c']) versions.set(id, { version: 1, ended: false });
  const waits = ['a', 'b', 'c'].map((id) => wake.wait(id, options));
  await turns();
  asked.length = 0;
  jest.advanceTimersByTime(2_000);
  await turns();
  expect(asked).toEqual([['a', 'b', 'c']]);
  for (const id of ['a', 'b', 'c']) versions.set(id, { version: 2, ended: false });
  jest.advanceTimersByTime(2_000);
  await Promise.all(waits);
  asked.length = 0;
  jest.advanceTimersByTime(10_000);
  expect(asked).toEqual([]);
  expect(jest.getTimerCount()).toBe(0);
});

test('a reconnect looks at every job that is waited for', async () => {
  const { versions, wake, options } = setUp();
  versions.set('a', { version: 1, ended: false });
  const wait = wake.wait('a', options);
  await turns();
  versions.set('a', { version: 2, ended: false });
  wake.notifyAll();
  await wait;
});

test('time up, a client gone and a process that stops end a wait', async () => {
  const { versions, wake, options, stop } = setUp();
  versions.set('a', { version: 1, ended: false });
  await wake.wait('a', { ...options, timeoutMs: 1 });
  const gone = new AbortController();
  const left = wake.wait('a', { ...options, signal: gone.signal });
  gone.abort();
  await left;
  const stopped = wake.wait('a', options);
  stop.abort();
  await stopped;
  await wake.wait('a', options);
  expect(wake.held()).toBe(0);
});

test('a query that fails is reported and the waits stay held', async () => {
  const errors: unknown[] = [];
  const away = new Set(['database']);
  const wake = openWake({
    jobVersions: async () => {
      if (away.has('database')) throw new Error('away');
      return new Map([['a', { version: 9, ended: true }]]);
    },
    onError: (error) => errors.push(error),
    stopping: new AbortController().signal,
  });
  const wait = wake.wait('a', {
    after: 1,
    until: 'end',
    timeoutMs: 60_000,
    signal: new AbortController().signal,
  });
  await turns();
  expect(errors).toHaveLength(1);
  expect(wake.held()).toBe(1);
  away.clear();
  wake.notifyAll();
  await wait;
});

test('notifications that come while a query runs are looked at in one query after it', async () => {
  const { versions, asked, wake, options } = setUp();
  versions.set('a', { version: 1, ended: false });
  const wait = wake.wait('a', options);
  for (let count = 0; count < 100; count += 1) wake.notify('a');
  await turns();
  expect(asked.length).toBeLessThanOrEqual(2);
  versions.set('a', { version: 2, ended: false });
  wake.notify('a');
  await wait;
});
