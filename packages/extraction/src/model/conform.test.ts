import { expect, test } from '@jest/globals';
import { conform } from './conform.ts';
import { leafOf } from './schema.ts';

test.each([
  ['RM 1,234.50', 1234.5],
  ['1,5', 1.5],
  ['-45', -45],
  ['12,50-', -12.5],
  ['1 234,56 €', 1234.56],
])('%p is the number %p', (text, number) => {
  expect(conform(text, leafOf('number'))).toBe(number);
});

test.each(['2019-20', '10.00 - 12.50', 'much'])('%p is no number, and stays for the check to find', (text) => {
  expect(conform(text, leafOf('number'))).toBe(text);
});
