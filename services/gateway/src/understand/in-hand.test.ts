import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { openInHand } from './in-hand.ts';

const { signal } = new AbortController();

test('a large job has its turn before small ones that came after it, however many they are', async () => {
  const hand = openInHand(10);
  const first = await hand.take(6, signal);
  const order: string[] = [];
  const taken = async (name: string, pages: number): Promise<() => void> => {
    const giveBack = await hand.take(pages, signal);
    order.push(name);
    return giveBack;
  };
  const large = taken('large', 8);
  const small = [taken('small', 1), taken('small', 1)];
  await turn();
  expect(order).toEqual([]);
  first();
  await turn();
  expect(order).toEqual(['large', 'small', 'small']);
  for (const one of [large, ...small]) (await one)();
});

test('what is larger than all that may be in hand is taken by itself', async () => {
  const hand = openInHand(10);
  const giveBack = await hand.take(30, signal);
  let isTaken = false;
  const next = hand.take(1, signal).then((back) => {
    isTaken = true;
    back();
  });
  await turn();
  expect(isTaken).toBe(false);
  giveBack();
  await next;
});

test('one that is called off while it waits holds nobody up', async () => {
  const hand = openInHand(10);
  await hand.take(6, signal);
  const calledOff = new AbortController();
  const large = hand.take(8, calledOff.signal);
  const small = hand.take(4, signal);
  calledOff.abort(new Error('cancelled'));
  await expect(large).rejects.toThrow('cancelled');
  await small;
  await expect(hand.take(1, calledOff.signal)).rejects.toThrow('cancelled');
});
