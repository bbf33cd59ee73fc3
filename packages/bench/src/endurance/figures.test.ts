import { expect, test } from '@jest/globals';
import { enduranceFigures } from './figures.ts';
import { type Look, MEASURES, type Measure } from './look.ts';

const JOBS = 10_000;

/** A run whose measures stay as they are, but for those given by how many jobs were done. */
function looks(of: Partial<Record<Measure, (jobs: number) => number>>): Look[] {
  return Array.from({ length: 500 }, (_, at): Look => {
    const jobs = (at * JOBS) / 500;
    const values = Object.keys(MEASURES).map((measure) => [measure, of[measure as Measure]?.(jobs) ?? 100]);
    return { jobs, values: Object.fromEntries(values) as Look['values'] };
  });
}

const missed = (of: Partial<Record<Measure, (jobs: number) => number>>): string[] =>
  enduranceFigures('a run', looks(of), JOBS)
    .filter(({ ok }) => ok === false)
    .map(({ name }) => name);

test('a process that grows by more than a kilobyte a job is found, and one that grows until it is warm is not', () => {
  expect(missed({ 'RSS of the gateway': (jobs) => 100 + (jobs / 1_000) * 1.1 })).toEqual([
    'a run: RSS of the gateway, slope',
  ]);
  expect(missed({ 'RSS of the gateway': (jobs) => 100 + (jobs / 1_000) * 0.9 })).toEqual([]);
  expect(missed({ 'RSS of the gateway': (jobs) => 100 + Math.min(jobs, 3_000) / 10 })).toEqual([]);
});

test('garbage that is collected now and then is no growth', () => {
  expect(missed({ 'RSS of the largest reader': (jobs) => 300 + (jobs % 700) / 10 })).toEqual([]);
});

test('descriptors and connections that stay open are found', () => {
  expect(missed({ 'descriptors of the gateway': (jobs) => 40 + Math.floor(jobs / 500) })).toEqual([
    'a run: descriptors of the gateway, more at the end',
  ]);
  expect(missed({ 'database connections': (jobs) => 12 + (jobs % 3) })).toEqual([]);
});

test('the slopes of a run of a few hundred jobs are printed and judge nothing', () => {
  const growing = looks({ 'RSS of the gateway': (jobs) => 100 + jobs }).map((look) => ({
    ...look,
    jobs: look.jobs / 20,
  }));
  const slope = enduranceFigures('a run', growing, JOBS / 20).find(({ name }) =>
    name.endsWith('RSS of the gateway, slope'),
  );
  expect([slope?.target, slope?.ok]).toEqual([null, null]);
});

test('a run with too few looks gives no figures', () => {
  expect(enduranceFigures('a run', looks({}).slice(0, 210), JOBS)).toEqual([]);
});
