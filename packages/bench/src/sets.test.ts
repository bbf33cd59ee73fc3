import { expect, test } from '@jest/globals';
import { measuresOf, SETS, SETTINGS } from './sets.ts';

test('Chinese is held to its pairs, English to its words too, and a set that is not known to both', () => {
  expect(measuresOf(SETS['documents-zh'])).toEqual(['pairF1']);
  expect(measuresOf(SETS['receipts-en'])).toEqual(['wordF1', 'pairF1']);
  expect(measuresOf(undefined)).toEqual(['wordF1', 'pairF1']);
});

test('every set asks more of accurate than of fast, and more pages a second of fast', () => {
  for (const set of Object.values(SETS)) {
    for (const measure of measuresOf(set)) {
      const [accurate, fast] = SETTINGS.map((setting) => set.accuracy[setting][measure]);
      expect(accurate).toBeGreaterThan(fast ?? 1);
      expect(accurate).toBeLessThan(1);
    }
    expect(set.throughput.fast).toBeGreaterThan(set.throughput.accurate);
  }
});
