import { expect, test } from '@jest/globals';
import { nextAttempt, retryAfterOf } from './schedule.ts';

const START = new Date('2026-03-01T00:00:00Z');
const DAY_SECONDS = 86_400;
const END = new Date(START.getTime() + DAY_SECONDS * 1_000);
const at = (seconds: number): Date => new Date(START.getTime() + seconds * 1_000);

/** Seconds after the event of every attempt, each of which fails at once. */
function attempts(random: number): number[] {
  const seen = [0];
  for (let tries = 1; ; tries += 1) {
    const clock = { now: () => at(seen.at(-1)!), random: () => random };
    const next = nextAttempt({ tries, expiresAt: END }, clock, null);
    if (!next) return seen;
    seen.push((next.getTime() - START.getTime()) / 1_000);
  }
}

test('without chance the waits grow threefold up to six hours, and the last attempt is as 24 hours end', () => {
  expect(attempts(0)).toEqual([0, 5, 20, 65, 200, 605, 1_820, 5_465, 16_400, 38_000, 59_600, 81_200, DAY_SECONDS]);
});

test('chance makes each wait up to a fifth longer, and no attempt later than 24 hours', () => {
  const [soonest, latest] = [attempts(0), attempts(0.999_999)];
  expect(latest[1]).toBeCloseTo(6, 2);
  expect(latest[4]! / soonest[4]!).toBeCloseTo(1.2, 2);
  expect(latest.at(-1)).toBe(DAY_SECONDS);
  expect(latest.length).toBeGreaterThan(10);
});

test('what a receiver asks for is a least wait, but no longer than the event is tried', () => {
  const clock = { now: () => START, random: () => 0 };
  const event = { tries: 1, expiresAt: END };
  expect(nextAttempt(event, clock, at(60))).toEqual(at(60));
  expect(nextAttempt(event, clock, at(1))).toEqual(at(5));
  expect(nextAttempt(event, clock, at(10 * DAY_SECONDS))).toEqual(END);
  expect(nextAttempt(event, { ...clock, now: () => END }, null)).toBeNull();
});

test('Retry-After is seconds or a date, and anything else says nothing', () => {
  expect(retryAfterOf('120', START)).toEqual(at(120));
  expect(retryAfterOf('Sun, 01 Mar 2026 00:10:00 GMT', START)).toEqual(at(600));
  for (const nothing of [undefined, '', 'soon', '-5', '1e99', '99999999999999']) {
    expect([nothing, retryAfterOf(nothing, START)]).toEqual([nothing, null]);
  }
});
