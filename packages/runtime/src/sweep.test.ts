import { Writable } from 'node:stream';
import { expect, test } from '@jest/globals';
import { pino } from 'pino';
import { startSweep } from './sweep.ts';

function logTo(lines: string[]) {
  return pino(
    {},
    new Writable({
      write: (chunk, _encoding, done) => {
        lines.push(String(chunk));
        done();
      },
    }),
  );
}

test('a round rings as often as the database says', async () => {
  const rung: [string, number][] = [];
  const twice = Promise.withResolvers<void>();
  const sweep = startSweep(
    {
      sweep: async () => ({ released: 1, exhausted: 0, toRing: { read: 3, understand: 2 } }),
      ring: async (lane, count) => {
        rung.push([lane, count]);
        if (rung.length === 2) twice.resolve();
      },
      log: logTo([]),
    },
    { everyMs: 1 },
  );
  await twice.promise;
  await sweep.stop();
  expect(rung.slice(0, 2)).toEqual([
    ['read', 3],
    ['understand', 2],
  ]);
});

test('nothing is rung while another process sweeps or no bell is missing', async () => {
  const twice = Promise.withResolvers<void>();
  let rounds = 0;
  let rings = 0;
  const sweep = startSweep(
    {
      sweep: async () => {
        rounds += 1;
        if (rounds === 3) twice.resolve();
        return rounds === 1 ? null : { released: 0, exhausted: 0, toRing: { read: 0, understand: 0 } };
      },
      ring: async () => {
        rings += 1;
      },
      log: logTo([]),
    },
    { everyMs: 1 },
  );
  await twice.promise;
  await sweep.stop();
  expect(rings).toBe(0);
});

test('a round that fails is logged and the next one is tried', async () => {
  const lines: string[] = [];
  const second = Promise.withResolvers<void>();
  let rounds = 0;
  const sweep = startSweep(
    {
      sweep: async () => {
        rounds += 1;
        if (rounds === 2) second.resolve();
        throw new Error('the database is away');
      },
      ring: async () => undefined,
      log: logTo(lines),
    },
    { everyMs: 1 },
  );
  await second.promise;
  await sweep.stop();
  expect(lines[0]).toContain('the database is away');
});

test('after stop no further round begins', async () => {
  let rounds = 0;
  const begun = Promise.withResolvers<void>();
  const go = Promise.withResolvers<void>();
  const sweep = startSweep(
    {
      sweep: async () => {
        rounds += 1;
        begun.resolve();
        await go.promise;
        return null;
      },
      ring: async () => undefined,
      log: logTo([]),
    },
    { everyMs: 1 },
  );
  await begun.promise;
  const stopped = sweep.stop();
  go.resolve();
  await stopped;
  expect(rounds).toBe(1);
});
