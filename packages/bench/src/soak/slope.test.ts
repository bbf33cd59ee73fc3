import { expect, jest, test } from '@jest/globals';
import { slopeFigures } from './figures.ts';
import { fitLine } from './slope.ts';

const MIB = 1024 * 1024;

test('points on a line give its slope without error, and scatter gives an error', () => {
  const line = [0, 1, 2, 3].map((x) => ({ x, y: 5 + 2 * x }));
  expect(fitLine(line)).toEqual({ slope: 2, error: 0 });
  // By hand: x -1 0 1, y 0 3 0: slope 0, rests -1 2 -1, so sqrt(6 / 1 / 2).
  expect(fitLine([0, 3, 0].map((y, x) => ({ x, y })))).toEqual({ slope: 0, error: Math.sqrt(3) });
  expect(() => fitLine(line.slice(2))).toThrow('at least three');
});

test('a leak shows as the slope of the means of passes, and what happens before 500 pages does not count', () => {
  const looks = Array.from({ length: 2_000 }, (_, pages) => ({
    pages,
    // Falls at first, then leaks 4 KiB a page, below the coming and going of large pages.
    rss: (pages < 500 ? 900 - pages : 400 + pages * 0.004 + (pages % 10) * 20) * MIB,
    peak: 0,
    processes: 3,
  }));
  const [slope] = slopeFigures('x', looks, 100);
  expect(slope?.value).toBeCloseTo(4, 6);
  expect(slope?.ok).toBe(false);
});

test('a run too short for a slope says so', () => {
  const say = jest.spyOn(console, 'error').mockReturnValue();
  try {
    expect(slopeFigures('x', [{ pages: 1, rss: 1, peak: 1, processes: 1 }], 100)).toEqual([]);
    expect(say.mock.calls.flat().join()).toContain('three passes');
  } finally {
    say.mockRestore();
  }
});
