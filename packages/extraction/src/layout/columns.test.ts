import { expect, test } from '@jest/globals';
import { pageOf, pageOfRows } from '../test-pages.ts';
import { findAmounts } from '../values/amounts.ts';
import { columnText, rowColumns } from './columns.ts';
import { rowsOf } from './rows.ts';

const [{ lines }] = pageOf([{ text: '2 500,00', left: 20, top: 40 }]).blocks as [
  ReturnType<typeof pageOf>['blocks'][0],
];
const line = lines[0]!;

test('a space groups the digits of a sum', () => {
  expect(columnText(line)).toBe('2 500,00');
  expect(findAmounts(columnText(line)).map(({ value }) => value)).toEqual(['2500.00']);
});

test('a gap parts a quantity from its price, within a line and between two', () => {
  const [quantity, price] = line.words;
  const wide = { ...price!, quad: price!.quad.map(([x, y]) => [x + 60, y]) as unknown as typeof price.quad };
  expect(columnText({ ...line, words: [quantity!, wide] })).toBe('2\t500,00');
  const [row] = rowsOf(pageOfRows(['2', '500,00']), 1);
  expect(findAmounts(rowColumns(row!)).map(({ value, start }) => [value, start])).toEqual([['500.00', 2]]);
});
