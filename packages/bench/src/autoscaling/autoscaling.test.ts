import { describe, expect, test } from '@jest/globals';
import { openFleet } from './fleet.ts';
import { type AutoscalerSettings, openAutoscaler, podsFor, type Sight } from './horizontal-autoscaler.ts';
import { DAY_SECONDS, pagesOfDay, usualRate } from './load.ts';
import { processorSettings, productionSettings } from './settings.ts';
import { simulate, type World } from './simulate.ts';

const calm: Sight = { backlogSeconds: 0, cpu: 0, ready: 4, starting: 0 };
const BACKLOG = { kind: 'backlog', targetSeconds: 30 } as const;
const CPU = { kind: 'cpu', target: 0.7 } as const;

describe('what a metric asks for', () => {
  test('twice the backlog that is wanted asks for twice the pods, and within a tenth nothing changes', () => {
    expect(podsFor(BACKLOG, { ...calm, backlogSeconds: 60 })).toBe(8);
    expect(podsFor(BACKLOG, { ...calm, backlogSeconds: 32.9 })).toBe(4);
    expect(podsFor(BACKLOG, { ...calm, backlogSeconds: 7 })).toBe(1);
  });

  test('pods that start count as idle where processors decide, so that they are not asked for twice', () => {
    expect(podsFor(CPU, { ...calm, cpu: 1 })).toBe(6);
    expect(podsFor(CPU, { ...calm, cpu: 1, starting: 2 })).toBe(6);
    expect(podsFor(CPU, { ...calm, cpu: 1, starting: 1 })).toBe(6);
    expect(podsFor(CPU, { ...calm, cpu: 0.35 })).toBe(2);
    expect(podsFor(CPU, { ...calm, cpu: 1, ready: 0, starting: 3 })).toBe(3);
  });
});

describe('an autoscaler', () => {
  const settings = (change: Partial<AutoscalerSettings['behaviour']> = {}): AutoscalerSettings => ({
    metrics: [BACKLOG],
    minPods: 1,
    maxPods: 12,
    behaviour: {
      scaleUp: { stabilizationWindowSeconds: 0, policies: [{ type: 'Pods', value: 2, periodSeconds: 60 }] },
      scaleDown: { stabilizationWindowSeconds: 60, policies: [{ type: 'Percent', value: 50, periodSeconds: 60 }] },
      ...change,
    },
  });

  test('grows by no more than its policy lets it within the period', () => {
    const autoscaler = openAutoscaler(settings());
    expect(autoscaler.decide(0, { ...calm, backlogSeconds: 600 })).toBe(6);
    expect(autoscaler.decide(15, { ...calm, ready: 6, backlogSeconds: 600 })).toBe(6);
    expect(autoscaler.decide(60, { ...calm, ready: 6, backlogSeconds: 600 })).toBe(8);
  });

  test('of several policies the one that lets more counts, and never more than there may be', () => {
    const policies = [
      { type: 'Pods', value: 1, periodSeconds: 60 },
      { type: 'Percent', value: 300, periodSeconds: 60 },
    ] as const;
    const autoscaler = openAutoscaler(settings({ scaleUp: { stabilizationWindowSeconds: 0, policies } }));
    expect(autoscaler.decide(0, { ...calm, ready: 2, backlogSeconds: 600 })).toBe(8);
    expect(autoscaler.decide(60, { ...calm, ready: 8, backlogSeconds: 600 })).toBe(12);
  });

  test('shrinks only after nothing else was wished for throughout the window, and by its policy', () => {
    const autoscaler = openAutoscaler(settings());
    expect(autoscaler.decide(0, { ...calm, backlogSeconds: 30 })).toBe(4);
    expect(autoscaler.decide(15, calm)).toBe(4);
    expect(autoscaler.decide(45, calm)).toBe(4);
    expect(autoscaler.decide(61, calm)).toBe(2);
    expect(autoscaler.decide(76, { ...calm, ready: 2 })).toBe(2);
    expect(autoscaler.decide(125, { ...calm, ready: 2 })).toBe(1);
  });

  test('a window before growing waits until all wishes in it are as large', () => {
    const scaleUp = { ...settings().behaviour.scaleUp, stabilizationWindowSeconds: 30 };
    const autoscaler = openAutoscaler(settings({ scaleUp }));
    expect(autoscaler.decide(0, { ...calm, backlogSeconds: 30 })).toBe(4);
    expect(autoscaler.decide(15, { ...calm, backlogSeconds: 60 })).toBe(4);
    expect(autoscaler.decide(31, { ...calm, backlogSeconds: 60 })).toBe(6);
  });

  test('of two metrics the one that asks for more counts', () => {
    const autoscaler = openAutoscaler({ ...settings(), metrics: [BACKLOG, CPU] });
    expect(autoscaler.decide(0, { ...calm, cpu: 0.7 })).toBe(4);
    expect(autoscaler.decide(100, { ...calm, cpu: 0.7 })).toBe(4);
    expect(autoscaler.decide(200, { ...calm, cpu: 0.7, backlogSeconds: 45 })).toBe(6);
  });
});

describe('a day', () => {
  const load = { seed: 3, peakPagesPerSecond: 1, bursts: 3, burstPages: [100, 400] } as const;

  test('is the same for the same seed, in order, within the day, and busier by day than by night', () => {
    const pages = pagesOfDay(load);
    expect(pages).toEqual(pagesOfDay(load));
    expect(pages).not.toEqual(pagesOfDay({ ...load, seed: 4 }));
    expect(pages).toEqual([...pages].sort((a, b) => a - b));
    expect(pages[0]).toBeGreaterThanOrEqual(0);
    expect(pages.at(-1)).toBeLessThan(DAY_SECONDS);
    expect(usualRate(3 * 3_600, 1)).toBeLessThan(0.06);
    expect(usualRate(10.5 * 3_600, 1)).toBe(1);
  });

  test('without bursts has as many pages as its rate adds up to', () => {
    const pages = pagesOfDay({ ...load, bursts: 0 });
    const expected = Array.from({ length: DAY_SECONDS }, (_, at) => usualRate(at, 1)).reduce((sum, rate) => sum + rate);
    expect(Math.abs(pages.length - expected)).toBeLessThan(4 * Math.sqrt(expected));
  });
});

const even = (pages: readonly number[]): World => ({
  pages,
  readersPerPod: 2,
  pageSeconds: () => 2,
  meanPageSeconds: 2,
  startSeconds: 30,
});

test('a fleet reads first what came first, and a pod that goes reads its page to the end', () => {
  const fleet = openFleet({ readersPerPod: 1, pageSeconds: () => 5, startSeconds: 10 });
  const pages = [0, 0.5, 0.5];
  const waiting = { first: () => pages[0], take: () => void pages.shift() };
  fleet.resize(-10, 2);
  expect(fleet.work(0, waiting)).toEqual([0, 0]);
  expect([fleet.ready(0), fleet.inHand(1)]).toEqual([2, 2]);
  fleet.resize(1, 1);
  expect([1, 2, 3, 4].flatMap((now) => fleet.work(now, waiting))).toEqual([]);
  expect(fleet.work(5, waiting)).toEqual([5]);
  // Two for a second, one for five more, and what the one that went, which had less to do, still had to read.
  expect(fleet.podSeconds()).toBeCloseTo(2 + 5 + 4);
  fleet.resize(6, 2);
  expect([fleet.starting(6), fleet.ready(6), fleet.starting(16)]).toEqual([1, 1, 0]);
});

test('a fixed fleet that keeps up makes nobody wait, and costs its pods for the whole day', () => {
  const { waits, podHours } = simulate(even(Array.from({ length: 2_000 }, (_, at) => at * 2)), { pods: 1 });
  expect(waits).toHaveLength(2_000);
  expect(Math.max(...waits)).toBe(0);
  expect(podHours).toBeCloseTo(24, 1);
});

test('an archive of a thousand pages brings pods, all of it is read, and they go again', () => {
  const pages = Array.from({ length: 1_000 }, (_, page) => 1_000 + page / 100);
  const alone = simulate(even(pages), { pods: 2 });
  const scaled = simulate(even(pages), productionSettings());
  expect(scaled.waits).toHaveLength(1_000);
  expect(scaled.mostPods).toBeGreaterThan(6);
  expect(Math.max(...scaled.waits)).toBeLessThan(Math.max(...alone.waits) / 2);
  expect(scaled.podHours - alone.podHours).toBeLessThan(1.5);
});

test('the settings are those of the manifests', () => {
  const production = productionSettings();
  expect(production.metrics.map(({ kind }) => kind)).toEqual(['backlog', 'cpu']);
  expect(production.minPods).toBeGreaterThanOrEqual(1);
  expect(production.maxPods).toBeGreaterThan(production.minPods);
  expect(processorSettings(0.7)).toMatchObject({
    metrics: [{ kind: 'cpu', target: 0.7 }],
    minPods: production.minPods,
  });
});
