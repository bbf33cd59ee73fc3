import { expect, test } from '@jest/globals';
import { findTables } from './tables.ts';
import { level, line, rowsAt, textsOf, upright } from './test-print.ts';

const XS = [100, 300, 450];
const ROWS = [
  ['Item', 'Qty', 'Price'],
  ['Paper', '12', '4.20'],
  ['Ink', '3', '11.00'],
  ['Rope', '140', '7.35'],
];

const PROSE = [
  'This line of running text is as wide as its column',
  'and the next one is hardly any shorter than that one',
];
const prose = (x: number, y: number, rows: number) =>
  Array.from({ length: rows }, (_, row) => line(PROSE[row % 2]!, x, y + row * 28));

test('a table between strokes is found whole with text in columns below it', () => {
  const lines = [...rowsAt(ROWS, XS), ...prose(100, 300, 9), ...prose(720, 300, 9)];
  const horizontal = [90, 130, 170, 210, 250].map((y) => level(y, 90, 560));
  expect(textsOf(findTables(lines, { horizontal, vertical: [] })[0])).toEqual(ROWS);
});

test('two rows of headings on a dark ground above strokes without upright ones are found', () => {
  const rows = [...ROWS, ['Salt', '9', '1.10'], ['Oil', '2', '8.00']];
  const lines = [line('In store', 345, 66), ...rowsAt(rows, XS)];
  const horizontal = [165, 205, 245, 285, 325].map((y) => level(y, 90, 560));
  expect(textsOf(findTables(lines, { horizontal, vertical: [] })[0])).toEqual([['', 'In store (1x2)'], ...rows]);
});

test('an upright stroke that seems to go on up into a heading over its columns does not part that', () => {
  const horizontal = [level(130, 90, 560), level(250, 90, 560)];
  const vertical = [upright(290, 90, 250), upright(440, 84, 250)];
  const lines = [line('In store', 375, 66), ...rowsAt(ROWS, XS)];
  expect(textsOf(findTables(lines, { horizontal, vertical })[0])).toEqual([['', 'In store (1x2)'], ...ROWS]);
});
