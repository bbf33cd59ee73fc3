import { expect, test } from '@jest/globals';
import {
  column,
  failedPage,
  HOSTILE,
  leaf,
  leaves,
  lineAt,
  pageOf,
  pageWithTable,
  textOf,
  turned,
} from './test-pages.ts';
import { formatText, pageAsText } from './text.ts';

const PROSE = [
  'The quick brown fox jumps over the lazy dog and then it runs',
  'back again because nobody had told the dog that it was meant',
  'to be lazy.',
];
const JOINED = PROSE.join(' ');

test('lines of a paragraph are joined, one that ends early ends it', () => {
  const page = pageOf([
    column([...PROSE, 'Another paragraph follows here, as long as the first one is,', 'and it ends.']),
  ]);
  expect(pageAsText(page)).toBe(`${JOINED}\nAnother paragraph follows here, as long as the first one is, and it ends.`);
});

test('a first line that stands further in begins a paragraph, though the line before is full', () => {
  const lines = column([PROSE[0]!, PROSE[1]!, PROSE[0]!, PROSE[1]!]).map((line, index) =>
    index === 2 ? lineAt({ text: PROSE[0]!.slice(4), x: 140, y: 160 }) : line,
  );
  expect(pageAsText(pageOf([lines])).split('\n')).toHaveLength(2);
});

test('addresses, short lines and lines of other sizes are kept as they are', () => {
  const address = column(['Jane Doe', '12 High Street, Flat 6', 'London']);
  expect(pageAsText(pageOf([address]))).toBe('Jane Doe\n12 High Street, Flat 6\nLondon');
  const sizes = [lineAt({ text: PROSE[0]!, x: 0, y: 0, size: 30 }), lineAt({ text: PROSE[1]!, x: 0, y: 45, size: 20 })];
  expect(pageAsText(pageOf([sizes]))).toBe(`${PROSE[0]}\n${PROSE[1]}`);
});

test('cells of a row stand on one line, apart by tabs; pieces of one line are joined by a space', () => {
  const rows = [0, 1].flatMap((row) => [
    lineAt({ text: `item ${row}`, x: 0, y: row * 30 }),
    lineAt({ text: '1.50', x: 300, y: row * 30 }),
  ]);
  expect(pageAsText(pageOf([rows]))).toBe('item 0\t1.50\nitem 1\t1.50');
  const pieces = [lineAt({ text: 'one', x: 0, y: 0 }), lineAt({ text: 'line', x: 45, y: 2 })];
  expect(pageAsText(pageOf([pieces]))).toBe('one line');
});

test('items of a list are kept apart, and their further lines are joined to them', () => {
  const item = '• The first item of the list is long enough to need two lines';
  const page = pageOf([
    [
      lineAt({ text: item, x: 100, y: 100 }),
      lineAt({ text: 'of print.', x: 120, y: 130 }),
      lineAt({ text: item, x: 100, y: 160 }),
      lineAt({ text: item, x: 100, y: 190 }),
    ],
  ]);
  expect(pageAsText(page)).toBe(`${item} of print.\n${item}\n${item}`);
});

test.each([
  [
    'go on with a small letter',
    'nobody had expected the govern-',
    'ment to fall, said everybody who was',
    'government to',
  ],
  [
    'end in a soft hyphen',
    'nobody had expected the govern\u00ad',
    'ment to fall, said everybody who was',
    'government to',
  ],
  ['go on with a capital', 'nobody had expected an Anglo-', 'Saxon to win, said everybody who was', 'Anglo-Saxon to'],
  ['are numbers', 'nobody had expected in 2020-', '2021 what came, said everybody who was', '2020- 2021 what'],
  [
    'have a hyphen elsewhere',
    'some state-run, said the state-',
    'run ones to us who had been the first',
    'state-run ones',
  ],
  [
    'keep their beginning apart',
    'nobody had expected a self-',
    'made man there, said everybody who was',
    'self-made man',
  ],
])('words broken at the end of a line: those that %s', (_kind, first, second, expected) => {
  const filled = (text: string): string => text.padStart(60, 'long ');
  expect(
    pageAsText(
      pageOf([
        column([
          filled(first),
          filled(second)
            .replace(/^[long ]*/, '')
            .padEnd(60, 'x'),
        ]),
      ]),
    ),
  ).toContain(expected);
});

test('between Han characters no space is put, between a letter and a Han character one is', () => {
  const first = '与通常一般意义上理解的文学创作或文学作品的字面一样所以弄得';
  const joined = pageAsText(pageOf([column([first, '比较文学成为一个有缺陷的词。'])]));
  expect(joined).toBe(`${first}比较文学成为一个有缺陷的词。`);
  const latin = `${first.slice(0, 26)}PDF`;
  expect(pageAsText(pageOf([column([latin, '文学成为一个有缺陷的词。'])]))).toBe(`${latin} 文学成为一个有缺陷的词。`);
});

test('a paragraph goes on through blocks that only wide setting has cut', () => {
  const lines = column(PROSE);
  expect(pageAsText(pageOf(lines.map((line) => [line])))).toBe(JOINED);
  const far = pageOf([[lines[0]!], [lineAt({ text: PROSE[1]!, x: 100, y: 400 })]]);
  expect(pageAsText(far)).toBe(`${PROSE[0]}\n\n${PROSE[1]}`);
});

test.each([90, 180, 270, 3])('a page turned by %i degrees is joined as it reads', (degrees) => {
  const page = pageOf([column(PROSE), [lineAt({ text: 'a', x: 100, y: 400 }), lineAt({ text: 'b', x: 400, y: 400 })]]);
  expect(pageAsText(turned(page, degrees, [1_500, 1_500]))).toBe(`${JOINED}\n\na\tb`);
});

test('pages are apart by form feeds; a blank one is blank, a failed one says so', async () => {
  const text = await textOf(
    formatText(leaves(leaf(1, pageOf([column(['one'])])), leaf(2, pageOf([])), failedPage(3, 'page_timeout'))),
  );
  expect(text).toBe('one\n\f\n\f[page 3: page_timeout]\n');
});

test('what would break lines and pages apart is not in the text', () => {
  const text = pageAsText(pageOf([[{ ...lineAt({ text: 'x', x: 0, y: 0 }), text: `one\ftwo\nthree${HOSTILE}` }]]));
  expect(text).toMatch(/^one two threea&b/);
  expect(text).not.toMatch(/[\p{Cc}]/u);
  expect(text.isWellFormed()).toBe(true);
});

test('the rows of a table are lines, their cells apart by tabs, and an empty cell keeps its place', () => {
  const page = pageWithTable([
    ['Item', 'Qty', 'Price'],
    ['tea', '', '4.20'],
  ]);
  expect(pageAsText(page)).toBe('Above it\n\nItem\tQty\tPrice\ntea\t\t4.20\n\nBelow it');
});
