import { expect, test } from '@jest/globals';
import { longestFirst, standIns } from './schedule.ts';

test('of few pages each is rehearsed, of many twelve from the largest to the smallest, each for its neighbours', () => {
  expect(standIns(0)).toEqual([]);
  expect(standIns(3)).toEqual([0, 1, 2]);
  expect(standIns(12)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  for (const count of [13, 20, 40, 1001]) {
    const stands = standIns(count);
    expect(new Set(stands).size).toBe(12);
    expect(stands).toEqual(stands.toSorted((a, b) => a - b));
    for (const [index, stand] of stands.entries()) expect(Math.abs(stand - index)).toBeLessThanOrEqual(count / 12);
    for (const stand of stands) expect(stands[stand]).toBe(stand);
  }
});

test('what takes longest comes first, and equals stay in their order', () => {
  const never = Number.POSITIVE_INFINITY;
  expect(longestFirst([3, 9, never, 3, never, 10])).toEqual([2, 4, 5, 1, 0, 3]);
});
