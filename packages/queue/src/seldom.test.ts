import { afterEach, expect, jest, test } from '@jest/globals';
import { seldom } from './seldom.ts';

afterEach(() => {
  jest.useRealTimers();
});

test('the same words are passed on once in ten seconds, other words at once', () => {
  jest.useFakeTimers();
  const passed: string[] = [];
  const report = seldom((error) => passed.push((error as Error).message));
  for (const words of ['refused', 'refused', 'reset', 'refused']) report(new Error(words));
  expect(passed).toEqual(['refused', 'reset']);
  jest.advanceTimersByTime(10_000);
  report(new Error('refused'));
  expect(passed).toEqual(['refused', 'reset', 'refused']);
});
