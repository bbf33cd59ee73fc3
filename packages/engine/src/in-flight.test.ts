import { expect, test } from '@jest/globals';
import { mapInFlight } from './in-flight.ts';

/** Ends each piece of work when told to, in any order. */
function workbench() {
  const inHand = new Map<number, { end: (result: string) => void; fail: (error: Error) => void }>();
  const work = (item: number) =>
    new Promise<string>((resolve, reject) => {
      const done = () => inHand.delete(item);
      inHand.set(item, { end: (result) => done() && resolve(result), fail: (error) => done() && reject(error) });
    });
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  return { work, inHand, settled };
}

test('no more than so many are in hand, and the results keep the order of the items', async () => {
  const { work, inHand, settled } = workbench();
  const mapped = mapInFlight([1, 2, 3, 4], 2, work);
  expect([...inHand.keys()]).toEqual([1, 2]);
  inHand.get(2)?.end('b');
  await settled();
  expect([...inHand.keys()]).toEqual([1, 3]);
  inHand.get(3)?.end('c');
  await settled();
  inHand.get(4)?.end('d');
  inHand.get(1)?.end('a');
  expect(await mapped).toEqual(['a', 'b', 'c', 'd']);
});

test('one at a time begins an item only after the one before it ended', async () => {
  const order: string[] = [];
  await mapInFlight([1, 2, 3], 1, async (item) => {
    order.push(`begin ${item}`);
    await new Promise((resolve) => setImmediate(resolve));
    order.push(`end ${item}`);
  });
  expect(order).toEqual(['begin 1', 'end 1', 'begin 2', 'end 2', 'begin 3', 'end 3']);
});

test('a failure begins nothing more and is thrown when what was in hand has ended', async () => {
  const { work, inHand, settled } = workbench();
  let thrown: unknown;
  const mapped = mapInFlight([1, 2, 3], 2, work).catch((error) => {
    thrown = error;
  });
  inHand.get(1)?.fail(new Error('unreadable'));
  await settled();
  expect([thrown, ...inHand.keys()]).toEqual([undefined, 2]);
  inHand.get(2)?.end('b');
  await mapped;
  expect(thrown).toEqual(new Error('unreadable'));
});

test('no items are no work, and fewer items than lanes are all in hand at once', async () => {
  expect(await mapInFlight([], 3, async () => 'never')).toEqual([]);
  expect(await mapInFlight([1, 2], 9, async (item) => item * 2)).toEqual([2, 4]);
});

test('work is told its lane, in which no two pieces are in hand at once', async () => {
  const busy = new Set<number>();
  const lanes = await mapInFlight([3, 1, 2, 1, 3, 1], 3, async (ticks, lane) => {
    expect(busy.has(lane)).toBe(false);
    busy.add(lane);
    for (let i = 0; i < ticks; i += 1) await new Promise((resolve) => setImmediate(resolve));
    busy.delete(lane);
    return lane;
  });
  expect(new Set(lanes)).toEqual(new Set([0, 1, 2]));
});
