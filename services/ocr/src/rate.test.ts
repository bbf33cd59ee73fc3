import { expect, test } from '@jest/globals';
import { openRate, startReporting } from './rate.ts';

test('the rate is unknown before the first page, then its time, then a mean that follows the newest', () => {
  const rate = openRate();
  expect(rate.pageMs()).toBeNull();
  rate.pageRead(400);
  expect(rate.pageMs()).toBe(400);
  rate.pageRead(600);
  expect(rate.pageMs()).toBe(420);
  for (let page = 0; page < 100; page += 1) rate.pageRead(1_000);
  expect(rate.pageMs()).toBeCloseTo(1_000, 0);
});

test('a page that took no time by the clock has taken some', () => {
  const rate = openRate();
  rate.pageRead(0);
  expect(rate.pageMs()).toBeGreaterThan(0);
});

test('it is reported at once and again and again, also after a report that failed, and withdrawn in the end', async () => {
  const said: string[] = [];
  const errors: unknown[] = [];
  const third = Promise.withResolvers<void>();
  const reporting = startReporting(
    {
      report: async () => {
        said.push('report');
        if (said.length === 3) third.resolve();
        if (said.length === 1) throw new Error('away');
      },
      withdraw: async () => void said.push('withdraw'),
      onError: (error) => errors.push(error),
    },
    { everyMs: 1 },
  );
  expect(said).toEqual(['report']);
  await third.promise;
  await reporting.stop();
  expect(errors).toHaveLength(1);
  expect(said.at(-1)).toBe('withdraw');
  const count = said.length;
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect(said).toHaveLength(count);
});
