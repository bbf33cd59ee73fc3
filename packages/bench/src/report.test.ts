import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@docusnap/testing';
import { expect, jest, test } from '@jest/globals';
import { figure, percentile, report } from './report.ts';

test('a percentile is a sample, by nearest rank', () => {
  expect(percentile([5, 1, 3], 0.5)).toBe(3);
  expect(percentile([4, 1, 3, 2], 0.5)).toBe(2);
  expect(percentile([1, 2, 3, 4], 0.99)).toBe(4);
  expect(() => percentile([], 0.5)).toThrow('at least one sample');
});

test('a missed target makes the exit status 1, and the samples are written as they were', async () => {
  const print = jest.spyOn(console, 'log').mockReturnValue();
  const folder = await temporaryFolder();
  try {
    const file = join(folder.path, 'out.json');
    expect(report([figure('a', 'ms', 3, [1, 2, 9], { atMost: 3 })], file)).toBe(0);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual([
      { name: 'a', unit: 'ms', value: 3, target: '<= 3', ok: true, samples: [1, 2, 9] },
    ]);
    expect(report([figure('a', 'ms', 3.01, [3.01], { atMost: 3 })])).toBe(1);
    expect(report([figure('a', 'x', 1, [1], { atLeast: 2 })])).toBe(1);
    expect(report([figure('a', 'x', 1, [1])])).toBe(0);
    expect(print.mock.calls.flat().join('\n')).toContain('MISSED');
  } finally {
    print.mockRestore();
    await folder.remove();
  }
});
