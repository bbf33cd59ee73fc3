import { describeNeeding } from '@docusnap/testing';
import { expect, jest, test } from '@jest/globals';
import { figuresOf } from './figures.ts';
import { type Outcome, runChaos } from './run.ts';

/** A machine that does much else takes its time; alone it takes a minute and a half. */
jest.setTimeout(600_000);

/** Of npm run test:chaos, half a minute of faults; both queues at a time. */
const SECONDS = 30;
const KILLS = 6;
const MOST_MS = 6_000;
const SEED = 6;

describeNeeding('redis-server', 'chaos', () => {
  test('whatever is killed, stopped, cut off or filled up for half a minute, no job is lost, doubled or torn', async () => {
    const events: string[] = [];
    const run = (queue: Outcome['queue']): Promise<Outcome> =>
      runChaos({
        queue,
        engine: 'stand-in',
        seed: SEED,
        seconds: SECONDS,
        kills: KILLS,
        mostMs: MOST_MS,
        onEvent: (words) => events.push(`${new Date().toISOString()} ${queue}: ${words}`),
      });
    // Both to their end: what one of them left running would outlive the test.
    const settled = await Promise.allSettled([run('redis'), run('postgres')]);
    const outcomes = settled.map((one) => {
      if (one.status === 'rejected') throw one.reason;
      return one.value;
    });
    const missed = figuresOf(outcomes, { kills: KILLS }).filter(({ ok }) => ok === false);
    // What happened is told only where something is wrong.
    expect(missed.length === 0 ? [] : [...missed.map(({ name, value }) => `${name}: ${value}`), ...events]).toEqual([]);
    for (const { ledger, counted } of outcomes) {
      expect(ledger.entries.size).toBeGreaterThan(10);
      expect(counted.pages).toBeGreaterThan(50);
    }
    for (const why of new Set(outcomes.flatMap(({ notRun }) => notRun))) process.stderr.write(`not run: ${why}\n`);
  });
});
