import type { Unit } from '@docusnap/contracts';
import { openMetrics } from '@docusnap/runtime';
import { expect, test } from '@jest/globals';
import { openOcrMetrics } from './metrics.ts';

/** As a reader measures a page. */
const STAGES = {
  fetch: 1,
  decode: 30,
  recall: 1,
  prepare: 10,
  detect: 100,
  straighten: 1,
  orient: 5,
  recognise: 300,
  arrange: 1,
  tables: 10,
  furniture: 20,
  read: 450,
  seal: 2,
  total: 480,
};
const UNIT = { kind: 'read', options: {} } as unknown as Unit;
const PAGES = 5_000;
/** Of processor time, a hundredth of what the smallest page takes: measured were 0.03 ms. */
const MOST_MS = 0.5;

test('measuring a page costs no hundredth of it, and makes as many series for thousands of pages as for one', async () => {
  const registry = openMetrics();
  const metrics = openOcrMetrics(registry);
  const measure = (): void => {
    metrics.unitDone(UNIT, STAGES);
    metrics.stored(3);
    metrics.recalled('miss');
  };
  const series = async () => (await registry.registry.metrics()).split('\n').length;
  measure();
  const before = await series();
  const begun = process.cpuUsage();
  for (let page = 0; page < PAGES; page += 1) measure();
  const { user, system } = process.cpuUsage(begun);
  expect((user + system) / 1_000 / PAGES).toBeLessThan(MOST_MS);
  expect(await series()).toBe(before);
});
