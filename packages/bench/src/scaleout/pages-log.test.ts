import { expect, test } from '@jest/globals';
import { openPagesLog, rateOf } from './pages-log.ts';

const WINDOW = { from: 1_000, to: 3_000 };
const LONG_AFTER = 10_000;

test('the rate of a process is that of its whole rounds, whatever part of one the window cuts off', () => {
  const everyHalfSecond = (first: number) => Array.from({ length: 20 }, (_, round) => first + round * 500);
  expect([0, 100, 333, 499].map((first) => rateOf(everyHalfSecond(first), WINDOW, LONG_AFTER))).toEqual([2, 2, 2, 2]);
});

test('a process that has stood still since counts as slow, and one that ended nothing as none', () => {
  expect(rateOf([1_000, 1_500], WINDOW, 6_000)).toBe(1 / 5);
  expect(rateOf([500], WINDOW, 6_000)).toBe(0);
  expect(rateOf([], WINDOW, 6_000)).toBe(0);
});

test('of the lines of a log pages that were read count, and units that failed are kept', () => {
  const log = openPagesLog();
  const line = (fields: object) =>
    log.hear({
      service: 'ocr-1',
      pid: 1,
      text: JSON.stringify({ msg: 'unit ended', time: '1970-01-01T00:00:02.500Z', ...fields }),
    });
  line({ kind: 'read', outcome: 'done' });
  line({ kind: 'open', outcome: 'done' });
  line({ kind: 'read', outcome: 'lost' });
  line({ msg: 'renditions', kind: 'read', outcome: 'done' });
  expect([log.count(), log.endsOf('ocr-1'), log.endsOf('ocr-2'), log.troubles.length]).toEqual([1, [2_500], [], 1]);
});
