import { expect, test } from '@jest/globals';
import { openThreads, type Threads } from './threads.ts';

const [a, b, c] = [{ name: 'a' }, { name: 'b' }, { name: 'c' }];
const alive = [a, b, c];
const threadsOf = (threads: Threads<object>, reader: object, idle: number) =>
  threads.grant(reader, { idle, alive }).threads;

test('a page alone gets the core of each idle reader, and one that comes while it is read has its own only', () => {
  const threads = openThreads<object>({ readers: 3, most: 8 });
  expect(threadsOf(threads, a, 2)).toBe(3);
  expect(threadsOf(threads, b, 1)).toBe(1);
});

test('no page gets more threads than it may, and what it leaves is granted to the next', () => {
  const threads = openThreads<object>({ readers: 3, most: 2 });
  expect(threadsOf(threads, a, 2)).toBe(2);
  expect(threadsOf(threads, b, 1)).toBe(1);
  expect(threadsOf(openThreads<object>({ readers: 3, most: 1 }), a, 2)).toBe(1);
  const wide = openThreads<object>({ readers: 8, most: 4 });
  expect(threadsOf(wide, a, 7)).toBe(4);
  expect(threadsOf(wide, b, 6)).toBe(4);
  expect(threadsOf(wide, c, 5)).toBe(1);
});

test('cores that were given back are granted again, to the reader that keeps the threads', () => {
  const threads = openThreads<object>({ readers: 2, most: 8 });
  const grant = threads.grant(a, { idle: 1, alive });
  grant.giveBack();
  grant.giveBack();
  expect(threadsOf(threads, b, 1)).toBe(1);
  expect(threadsOf(threads, a, 1)).toBe(2);
  expect([threads.kept(a), threads.kept(b)]).toEqual([1, 0]);
});

test('threads that went with their reader may be started in another', () => {
  const threads = openThreads<object>({ readers: 2, most: 8 });
  threads.grant(a, { idle: 1, alive }).giveBack();
  expect(threads.grant(b, { idle: 1, alive: [b, c] }).threads).toBe(2);
});
