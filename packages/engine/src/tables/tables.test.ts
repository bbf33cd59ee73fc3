import { Table } from '@docusnap/contracts';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { findTables } from './tables.ts';
import { gridOfStrokes, level, line, NO_RULINGS, rowsAt, textsOf, turned, upright } from './test-print.ts';

const XS = [100, 300, 450];
const ROWS = [
  ['Item', 'Qty', 'Price'],
  ['Paper', '12', '4.20'],
  ['Ink', '3', '11.00'],
  ['Rope', '140', '7.35'],
];
/** Around the rows above. */
const GRID = gridOfStrokes([90, 290, 440, 560], [90, 130, 170, 210, 250]);

const PROSE = [
  'This line of running text is as wide as its column',
  'and the next one is hardly any shorter than that one',
];
const prose = (x: number, y: number, rows: number) =>
  Array.from({ length: rows }, (_, row) => line(PROSE[row % 2]!, x, y + row * 28));

test('a page without print has no tables, whatever strokes it has', () => {
  expect(findTables([], GRID)).toEqual([]);
});

test('strokes around every cell are a table; its cells hold the words that stand in them', () => {
  const [table, ...rest] = findTables(rowsAt(ROWS, XS), GRID);
  expect(rest).toEqual([]);
  expect(Table.parse(table)).toEqual(table);
  expect(table).toMatchObject({ ruled: true, rows: 4, columns: 3 });
  expect(textsOf(table)).toEqual(ROWS);
  expect(table!.quad).toEqual([
    [90, 90],
    [560, 90],
    [560, 250],
    [90, 250],
  ]);
});

test('places that no stroke parts are one cell, and its lines are apart by line feeds', () => {
  const ys = [90, 130, 170, 210, 250];
  const rulings = {
    horizontal: [...ys.filter((y) => y !== 210).map((y) => level(y, 90, 560)), level(210, 290, 560)],
    vertical: [upright(90, 90, 250), upright(560, 90, 250), upright(290, 90, 250), upright(440, 130, 250)],
  };
  const lines = [line('Item', 100, 100), line('Both', 330, 100), ...rowsAt(ROWS.slice(1), XS, 140)];
  const [table] = findTables(lines, rulings);
  expect(textsOf(table)).toEqual([
    ['Item', 'Both (1x2)'],
    ['Paper', '12', '4.20'],
    ['Ink\nRope (2x1)', '3', '11.00'],
    ['140', '7.35'],
  ]);
});

test('a line that was read across strokes is parted at them, and a stroke read as a bar is left out', () => {
  const whole = (y: number, text: string) => ({ ...line(text, 100, y) });
  const across = [...rowsAt(ROWS, XS)];
  const joined = whole(180, 'Ink | 3');
  const words = [
    { ...joined.words[0]!, quad: across.find(({ text }) => text === 'Ink')!.quad },
    { ...joined.words[1]!, quad: line('|', 285, 180).quad },
    { ...joined.words[2]!, quad: across.find(({ text }) => text === '3')!.quad },
  ];
  const lines = [...across.filter(({ text }) => text !== 'Ink' && text !== '3'), { ...joined, words }];
  expect(textsOf(findTables(lines, GRID)[0])).toEqual(ROWS);
});

test('one word across a stroke is parted where the stroke stands', () => {
  const rulings = gridOfStrokes([90, 190, 290], [90, 130, 170]);
  const long = line('aaaaaaaabbbbbbbb', 110, 100);
  const [table] = findTables([long, line('c', 100, 140), line('d', 200, 140)], rulings);
  expect(textsOf(table)).toEqual([
    ['aaaaaaaa', 'bbbbbbbb'],
    ['c', 'd'],
  ]);
});

test('headings on a ground that hides their strokes belong to the table below, in one row or two', () => {
  const body = gridOfStrokes([90, 290, 440, 560], [130, 170, 210, 250]);
  expect(textsOf(findTables(rowsAt(ROWS, XS), body)[0])).toEqual(ROWS);
  const lines = [
    ...rowsAt(ROWS.slice(1), XS, 140),
    line('In store', 388, 70),
    line('Qty', 340, 102),
    line('Price', 480, 102),
  ];
  expect(textsOf(findTables([...lines, line('Item', 160, 86)], body)[0])).toEqual([
    ['Item (2x1)', 'In store (1x2)'],
    ['Qty', 'Price'],
    ...ROWS.slice(1),
  ]);
});

test('a frame around text, an underlined heading, a single row of boxes and a grid without print are no tables', () => {
  const text = prose(100, 100, 4);
  const frame = gridOfStrokes([80, 700], [80, 220]);
  expect(findTables(text, frame)).toEqual([]);
  expect(findTables(text, { horizontal: [level(124, 100, 600)], vertical: [] })).toEqual([]);
  expect(findTables([line('A B C', 100, 100)], gridOfStrokes([90, 120, 150, 180], [90, 130]))).toEqual([]);
  expect(findTables([line('far away', 100, 900)], GRID)).toEqual([]);
});

test('rows that leave the same gaps free are a table without strokes', () => {
  const [table, ...rest] = findTables(rowsAt(ROWS, XS), NO_RULINGS);
  expect(rest).toEqual([]);
  expect(table).toMatchObject({ ruled: false, rows: 4, columns: 3 });
  expect(textsOf(table)).toEqual(ROWS);
});

test('empty cells, and a heading over two columns, keep their places without strokes', () => {
  const rows = [...ROWS.slice(0, 3), ['Rope', '', '7.35'], ['Salt', '9', '1.10']];
  const lines = [line('In store', 345, 66), ...rowsAt(rows, XS)];
  expect(textsOf(findTables(lines, NO_RULINGS)[0])).toEqual([['', 'In store (1x2)'], ...rows]);
});

test('text that goes on below in its column belongs to the cell above', () => {
  const lines = [
    ...rowsAt(
      [
        ['Code', 'Remarks', 'Sum'],
        ['A-1', 'sent by rail', '5'],
      ],
      [100, 250, 500],
      100,
      50,
    ),
    line('last week', 250, 174),
    ...rowsAt(
      [
        ['B-2', 'stored', '17'],
        ['C-3', 'lost', '8'],
      ],
      [100, 250, 500],
      224,
      50,
    ),
  ];
  const [table] = findTables(lines, NO_RULINGS);
  expect(textsOf(table)).toEqual([
    ['Code', 'Remarks', 'Sum'],
    ['A-1', 'sent by rail\nlast week', '5'],
    ['B-2', 'stored', '17'],
    ['C-3', 'lost', '8'],
  ]);
});

test('strokes that part only some rows or columns and the print together make the table', () => {
  const lines = rowsAt(ROWS, XS);
  const booktabs = { horizontal: [level(92, 90, 560), level(131, 90, 560), level(250, 90, 560)], vertical: [] };
  expect(textsOf(findTables(lines, booktabs)[0])).toEqual(ROWS);
  const framed = { ...gridOfStrokes([90, 560], [90, 131, 250]) };
  expect(textsOf(findTables(lines, framed)[0])).toEqual(ROWS);
  const columns = { horizontal: [level(131, 90, 560)], vertical: [upright(290, 90, 250), upright(440, 90, 250)] };
  expect(textsOf(findTables(lines, columns)[0])).toEqual(ROWS);
});

test('a list of two columns is a table where names stand over them, sums below a bill are none', () => {
  const rows = [
    ['Item', 'Price'],
    ['Green tea', '4.20'],
    ['Bread', '2.15'],
    ['Milk', '1.09'],
  ];
  expect(textsOf(findTables(rowsAt(rows, [100, 420]), NO_RULINGS)[0])).toEqual(rows);
  const sums = rowsAt(rows.slice(1), [100, 420]);
  expect(findTables(sums, NO_RULINGS)).toEqual([]);
  const between = { horizontal: [level(90, 100, 470), level(210, 100, 470)], vertical: [] };
  expect(findTables(sums, between)).toEqual([]);
});

test('the stem of a letter at the end of a word is no boundary of columns', () => {
  const stem = upright(149, 138, 162);
  const rulings = { horizontal: GRID.horizontal, vertical: [...GRID.vertical, stem] };
  expect(textsOf(findTables(rowsAt(ROWS, XS), rulings)[0])).toEqual(ROWS);
});

test('texts of many lines in one column leave a table its other columns', () => {
  const lines = [
    ...['Ref', 'Notes', 'Qty', 'Code'].map((text, i) => line(text, [100, 220, 420, 520][i]!, 112)),
    ...[0, 1, 2].flatMap((row) => [
      line(`KX-${row}1`, 100, 150 + row * 90),
      line('some notes that', 220, 150 + row * 90),
      line('go on below as', 220, 176 + row * 90),
      line('long as it takes', 220, 202 + row * 90),
      line(`${row + 4}2`, 420, 150 + row * 90),
      line(`MR-${row}7`, 520, 150 + row * 90),
    ]),
  ];
  const horizontal = [90, 140, 425].map((y) => level(y, 90, 620));
  const [table] = findTables(lines, { horizontal, vertical: [] });
  expect(textsOf(table)).toHaveLength(4);
  expect(textsOf(table)[1]).toEqual(['KX-01', 'some notes that\ngo on below as\nlong as it takes', '42', 'MR-07']);
});

test('prose in columns, addresses, blanks of a form and numbered lists are no tables', () => {
  expect(findTables([...prose(100, 100, 12), ...prose(720, 100, 12)], NO_RULINGS)).toEqual([]);
  const addresses = [
    ['Anna Berg', 'Harbour & Finch'],
    ['Old Mill Road 4', 'Quayside Lane 14'],
    ['Westbury', 'Port Ellery'],
  ];
  expect(findTables(rowsAt(addresses, [100, 600]), NO_RULINGS)).toEqual([]);
  const form = [
    ['Name:', 'Ida Lund', 'Phone:', '5550184'],
    ['Street:', 'Old Mill', 'City:', 'Westbury'],
    ['Date:', '12 May', 'Ref:', 'KX-55'],
  ];
  expect(findTables(rowsAt(form, [100, 220, 420, 540]), NO_RULINGS)).toEqual([]);
  const list = [
    ['1.', 'First of all the water'],
    ['2.', 'Then tea'],
    ['3.', 'And sugar to taste'],
  ];
  expect(findTables(rowsAt(list, [100, 150]), NO_RULINGS)).toEqual([]);
});

test('a table beside running text is found without it', () => {
  const lines = [...rowsAt(ROWS, XS), ...prose(640, 92, 7)];
  expect(textsOf(findTables(lines, NO_RULINGS)[0])).toEqual(ROWS);
});

test('two tables of a page come from top to bottom', () => {
  const second = gridOfStrokes([90, 290, 440, 560], [490, 530, 570, 610, 650]);
  const both = {
    horizontal: [...second.horizontal, ...GRID.horizontal],
    vertical: [...second.vertical, ...GRID.vertical],
  };
  const tables = findTables([...rowsAt(ROWS, XS, 500), ...rowsAt(ROWS, XS)], both);
  expect(tables.map(({ quad }) => quad[0])).toEqual([
    [90, 90],
    [90, 490],
  ]);
});

test('a table is the same at any skew, and on a page that is turned', () => {
  fc.assert(
    fc.property(fc.constantFrom(0, 90, 180, 270), fc.double({ min: -5, max: 5, noNaN: true }), (quarter, skew) => {
      for (const rulings of [GRID, NO_RULINGS]) {
        const page = turned(rowsAt(ROWS, XS), rulings, quarter + skew);
        expect(textsOf(findTables(page.lines, page.rulings)[0])).toEqual(ROWS);
      }
    }),
    { numRuns: 30 },
  );
});

test('whatever stands on a page, the cells of each table cover every place of its grid once', () => {
  const place = fc.integer({ min: 0, max: 8 });
  const strokes = fc.array(fc.tuple(place, place, place, fc.boolean()), { maxLength: 16 });
  const print = fc.array(fc.tuple(place, fc.integer({ min: 0, max: 12 }), fc.constantFrom('a', '12', 'some words')), {
    maxLength: 40,
  });
  fc.assert(
    fc.property(strokes, print, (drawn, printed) => {
      const parts = drawn.map(([at, from, to, lies]) => ({
        at: 50 + at * 80,
        from: 50 + Math.min(from, to) * 80,
        to: 130 + Math.max(from, to) * 80,
        lies,
      }));
      const rulings = {
        horizontal: parts.filter(({ lies }) => lies).map(({ at, from, to }) => level(at, from, to)),
        vertical: parts.filter(({ lies }) => !lies).map(({ at, from, to }) => upright(at, from, to)),
      };
      for (const table of findTables(
        printed.map(([x, y, text]) => line(text, 60 + x * 80, 60 + y * 40)),
        rulings,
      )) {
        const covered = table.cells.flatMap(({ row, column, row_span, column_span }) =>
          Array.from(
            { length: row_span * column_span },
            (_, i) => `${row + Math.floor(i / column_span)},${column + (i % column_span)}`,
          ),
        );
        expect(new Set(covered).size).toBe(table.rows * table.columns);
        expect(covered).toHaveLength(table.rows * table.columns);
      }
    }),
    { numRuns: 300 },
  );
});
