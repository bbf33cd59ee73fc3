import { setImmediate as turn } from 'node:timers/promises';
import { beforeEach, expect, test } from '@jest/globals';
import { openTurns, type Turns } from './turns.ts';

let turns: Turns;
let order: string[];
let ends: (() => void)[];
beforeEach(() => {
  turns = openTurns(2);
  order = [];
  ends = [];
});
const { signal } = new AbortController();

function ask(tenantId: string): Promise<void> {
  return turns.take(tenantId, signal).then((end) => {
    order.push(tenantId);
    ends.push(end);
  });
}

test('tenants take turns, however many of one came first', async () => {
  for (const tenantId of ['a', 'a', 'a', 'a', 'a', 'b', 'b', 'c']) void ask(tenantId);
  await turn();
  expect(order.splice(0)).toEqual(['a', 'a']);
  while (ends.length > 0) {
    ends.shift()!();
    await turn();
  }
  expect(order).toEqual(['b', 'a', 'c', 'b', 'a', 'a']);
});

test('one tenant has only so many in line, all together too, and is told when to come again', async () => {
  const full = { code: 'gateway_busy', retryAfter: 10 };
  for (let count = 0; count < 10; count += 1) void ask('a');
  await expect(ask('a')).rejects.toMatchObject(full);
  for (let count = 0; count < 24; count += 1) void ask(`b${count % 6}`);
  await expect(ask('c')).rejects.toMatchObject(full);
  await turn();
  ends.shift()!();
  void ask('c');
  await turn();
  await expect(ask('d')).rejects.toMatchObject(full);
});

test('one whose client has gone leaves the line at once', async () => {
  await Promise.all([ask('a'), ask('a')]);
  const gone = new AbortController();
  const left = turns.take('b', gone.signal);
  const next = ask('c');
  gone.abort(new Error('gone'));
  await expect(left).rejects.toThrow('gone');
  await expect(turns.take('b', gone.signal)).rejects.toThrow('gone');
  ends.shift()!();
  await next;
  expect(order).toEqual(['a', 'a', 'c']);
});
