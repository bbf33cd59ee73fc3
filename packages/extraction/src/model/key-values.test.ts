import { expect, test } from '@jest/globals';
import { dateAsNumbers, flatten, keyed, type Pair } from './key-values.ts';

const ORDER = { dayFirst: true };
const kvOf = (pairs: readonly Pair[], order: { dayFirst: boolean }) =>
  Object.fromEntries(keyed(pairs, order).map(({ key, value }) => [key, value]));

test('nested values are flat: objects by names, lists from 1', () => {
  expect(flatten({ a: { b: 1, c: [true, { d: 'x' }] }, e: '', f: null })).toEqual([
    { key: 'a.b', value: '1' },
    { key: 'a.c.1', value: 'true' },
    { key: 'a.c.2.d', value: 'x' },
  ]);
});

test('a value under a name that readers of JSON leave out has a number behind it', () => {
  expect(keyed([{ key: '__proto__', value: '7.50' }], ORDER)).toEqual([{ key: '__proto__ 2', value: '7.50' }]);
});

test('dates are in words, duplicates once, and other values of a key have a number behind it', () => {
  const kv = kvOf(
    [
      { key: 'Date', value: '2025-01-31' },
      { key: 'Name', value: 'Ann' },
      { key: 'Name', value: 'ANN ' },
      { key: 'Name', value: 'Bob' },
      { key: ' Phone ', value: '03-7845 6155' },
      { key: 'Empty', value: ' ' },
      { key: 'Period', value: '01/02/2025 - 03/04/2025' },
    ],
    ORDER,
  );
  expect(kv).toEqual({
    Date: 'Jan 31, 2025',
    Name: 'Ann',
    'Name 2': 'Bob',
    Phone: '03-7845 6155',
    Period: '01/02/2025 - 03/04/2025',
  });
});

test('a day that can be told in two orders is told in the one of the document', () => {
  expect(kvOf([{ key: 'Date', value: '03/04/2018' }], ORDER)).toEqual({ Date: 'Apr 03, 2018' });
  expect(kvOf([{ key: 'Date', value: '03/04/2018' }], { dayFirst: false })).toEqual({ Date: 'Mar 04, 2018' });
  expect(dateAsNumbers('Jan 01, 2025', ORDER)).toBe('2025-01-01');
});
