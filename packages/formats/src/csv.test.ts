import { expect, test } from '@jest/globals';
import { tableAsCsv } from './csv.ts';
import { tableAt } from './test-pages.ts';

test('rows end with CRLF, and only what needs quotes has them', () => {
  const table = tableAt([
    ['Item', 'Price'],
    ['tea, green', '4.20'],
    ['9" rope', '-7'],
    ['two\nlines', ''],
  ]);
  expect(tableAsCsv(table)).toBe('Item,Price\r\n"tea, green",4.20\r\n"9"" rope",-7\r\n"two\nlines",\r\n');
});

test('what spans several places stands in its first, and every row has as many cells', () => {
  const table = tableAt([
    ['Season', '', 'Sum'],
    ['a', 'b', 'c'],
  ]);
  const [first, , ...rest] = table.cells;
  const spanned = { ...table, cells: [{ ...first!, column_span: 2 }, ...rest] };
  expect(tableAsCsv(spanned)).toBe('Season,,Sum\r\na,b,c\r\n');
});
