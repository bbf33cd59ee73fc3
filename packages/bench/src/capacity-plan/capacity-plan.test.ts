import { readFileSync, statSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { ASSUMED, MEASURED } from './coefficients.ts';
import { PAGE, withTables } from './page.ts';
import { DEFAULT_DEMAND, planFor } from './plan.ts';
import { STEPS, stepsFor } from './steps.ts';

const README = new URL('../../../../README.md', import.meta.url);
const SAMPLE = new URL('../../../../deploy/embedded/sample/invoice.jpg', import.meta.url);

test('the page "Capacity" carries the tables that are computed now', () => {
  const page = readFileSync(PAGE, 'utf8');
  expect(withTables(page)).toBe(page);
  expect(() => withTables(page.replace('<!-- end of plans -->', ''))).toThrow('"plans"');
});

test('the coefficients are the figures that the README prints', () => {
  const [, table = ''] = readFileSync(README, 'utf8').split('**What to buy.**');
  const row = (name: string): number[] => {
    const line = table.split('\n').find((one) => one.startsWith(`| ${name}`)) ?? '';
    return [...(line.split(' | ')[1] ?? '').matchAll(/\d+(?:\.\d+)?/g)].map(Number);
  };
  expect(row('pages a second and core')).toEqual([MEASURED.pagesPerSecondAndCore]);
  expect(row('memory: a reader')).toEqual([MEASURED.readerMib, MEASURED.ocrMainMib, MEASURED.gatewayMib]);
  expect(row('PostgreSQL, indexes included')).toEqual([MEASURED.databaseGibPerMillion]);
  expect(row('files for a million pages')).toEqual([MEASURED.filesGibPerMillion]);
  expect(row('Redis for a million units')).toEqual([MEASURED.redisGibPerMillionWaiting]);
  expect(Math.round(statSync(SAMPLE).size / 1_000)).toBe(Math.round(MEASURED.uploadBytes / 1_000));
});

test('ten times the pages take ten times of what grows with them, and no process stands alone', () => {
  const [small, large] = [
    planFor({ ...DEFAULT_DEMAND, pagesPerSecond: 100 }),
    planFor({ ...DEFAULT_DEMAND, pagesPerSecond: 1_000 }),
  ];
  expect(large.databaseGib / small.databaseGib).toBeCloseTo(10);
  expect(large.filesGib / small.filesGib).toBeCloseTo(10);
  expect(large.readers / small.readers).toBeCloseTo(10, 0);
  const tiny = planFor({ ...DEFAULT_DEMAND, pagesPerSecond: 0.01 });
  expect([tiny.readers, tiny.ocrServices, tiny.gateways]).toEqual([2, 2, 2]);
});

test('readers are what the rate times the seconds of a page keeps busy to their limit', () => {
  const { readers, ocrServices, connections, gateways } = planFor({
    ...DEFAULT_DEMAND,
    pagesPerSecond: 8,
    pageSeconds: 2,
    readersPerService: 5,
  });
  expect([readers, ocrServices]).toEqual([(8 * 2) / ASSUMED.readersBusy, 4]);
  const small = planFor({ ...DEFAULT_DEMAND, pagesPerSecond: 0.1 });
  expect(small.connections).toBe(2 * (26 + 5) + 2 + 2 * (2 + 5));
  expect(connections).toBe(gateways * ASSUMED.gatewayConnections + readers + 4 * ASSUMED.ocrConnectionsBesideReaders);
});

test('a small installation needs nothing that is not built, and each step is due at some size', () => {
  const sizes = [1, 10, 100, 1_000, 10_000].map((pagesPerSecond) => planFor({ ...DEFAULT_DEMAND, pagesPerSecond }));
  expect(stepsFor(sizes[0]!).filter(({ isBuilt }) => isBuilt === 'no')).toEqual([]);
  const due = new Set(sizes.flatMap((plan) => stepsFor(plan)));
  expect(STEPS.filter((step) => !due.has(step))).toEqual([]);
});
