import { expect, test } from '@jest/globals';
import type { Leaf } from './leaves.ts';
import { column, failedPage, HOSTILE, leaf, leaves, lineAt, pageOf, textOf, turned, wordsOf } from './test-pages.ts';
import { formatTsv } from './tsv.ts';

const page = pageOf([
  column(['The quick brown fox jumps over the lazy dog and then it runs', 'back again.', 'Yours']),
  [lineAt({ text: 'left', x: 100, y: 600 }), lineAt({ text: 'right', x: 400, y: 600 })],
]);

async function rowsOf(...all: readonly Leaf[]): Promise<Record<string, string>[]> {
  const [head = '', ...rows] = (await textOf(formatTsv(leaves(...all)))).trimEnd().split('\n');
  const names = head.split('\t');
  expect(names).toHaveLength(12);
  return rows.map((row) => {
    const cells = row.split('\t');
    // The last column of rows that are no words is empty, and trimmed away at the very end.
    expect(cells.length).toBeGreaterThanOrEqual(11);
    return Object.fromEntries(names.map((name, index) => [name, cells[index] ?? '']));
  });
}

test('it has the columns and levels of Tesseract, and the words in order with their boxes', async () => {
  const rows = await rowsOf(leaf(1, page));
  expect(rows.filter(({ level }) => level === '5').map(({ text }) => text)).toEqual(wordsOf(page));
  expect(rows[0]).toMatchObject({
    level: '1',
    page_num: '1',
    block_num: '0',
    width: '1000',
    height: '1400',
    conf: '-1',
    text: '',
  });
  expect(rows.find(({ text }) => text === 'quick')).toMatchObject({
    block_num: '1',
    par_num: '1',
    line_num: '1',
    word_num: '2',
    left: '140',
    top: '100',
    width: '50',
    height: '20',
    conf: '98.760000',
  });
  expect(rows.find(({ text }) => text === 'back')).toMatchObject({ par_num: '1', line_num: '2', word_num: '1' });
  expect(rows.find(({ text }) => text === 'Yours')).toMatchObject({ par_num: '2', line_num: '1' });
  expect(rows.find(({ text }) => text === 'right')).toMatchObject({ block_num: '2', par_num: '1', line_num: '2' });
});

test.each([90, 180, 270, 5])(
  'boxes of a page turned by %i degrees hold their quads within the page',
  async (degrees) => {
    const other = turned(page, degrees, [500, 700]);
    const quads = other.blocks.flatMap(({ lines }) => lines.flatMap(({ words }) => words.map(({ quad }) => quad)));
    const rows = (await rowsOf(leaf(1, other))).filter(({ level }) => level === '5');
    for (const [index, { left, top, width, height }] of rows.entries()) {
      for (const [x, y] of quads[index]!) {
        const [px, py] = [Math.max(0, Math.min(1_000, x)), Math.max(0, Math.min(1_400, y))];
        expect(px).toBeGreaterThanOrEqual(Number(left) - 1e-9);
        expect(px).toBeLessThanOrEqual(Number(left) + Number(width) + 1e-9);
        expect(py).toBeGreaterThanOrEqual(Number(top) - 1e-9);
        expect(py).toBeLessThanOrEqual(Number(top) + Number(height) + 1e-9);
      }
    }
  },
);

test('tabs and line ends in words do not part rows, blank pages have a row, failed ones the reason', async () => {
  const line = lineAt({ text: 'x', x: 0, y: 0 });
  const hostile = pageOf([[{ ...line, words: [{ ...line.words[0]!, text: `a\tb\nc${HOSTILE}` }] }]]);
  const rows = await rowsOf(leaf(1, hostile), leaf(2, pageOf([])), failedPage(3, 'page_timeout'));
  expect(rows[4]!.text).toMatch(/^a b ca&b/);
  expect(rows.slice(5)).toMatchObject([
    { level: '1', page_num: '2', text: '' },
    { level: '1', page_num: '3', conf: '-1', text: '[page 3: page_timeout]' },
  ]);
});
