import { expect, test } from '@jest/globals';
import { openQueue } from './loading.ts';

test('a few tasks run at a time, and what was asked for last goes first', async () => {
  const begun: number[] = [];
  const ends = new Map<number, () => void>();
  const queue = openQueue(2);
  const add = (name: number): void =>
    queue.add(name, () => {
      begun.push(name);
      return new Promise((resolve) => ends.set(name, resolve));
    });
  for (const name of [1, 2, 3, 4, 5]) add(name);
  expect(begun).toEqual([1, 2]);
  queue.drop(5);
  // Asked for once more.
  add(3);
  ends.get(1)?.();
  await new Promise((resolve) => setImmediate(resolve));
  expect(begun).toEqual([1, 2, 3]);
  ends.get(2)?.();
  ends.get(3)?.();
  await new Promise((resolve) => setImmediate(resolve));
  expect(begun).toEqual([1, 2, 3, 4]);
  ends.get(4)?.();
});
