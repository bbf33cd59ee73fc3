import { expect, test } from '@jest/globals';
import { formatMarkdown, pageAsMarkdown } from './markdown.ts';
import { column, failedPage, leaf, leaves, lineAt, pageOf, pageWithTable, textOf } from './test-pages.ts';

const PROSE = ['The quick brown fox jumps over the lazy dog and then it runs', 'back again.'];

test('large print is a heading, of a level by its size; running text a paragraph', () => {
  const page = pageOf([
    [lineAt({ text: 'A title', x: 100, y: 0, size: 40 })],
    [lineAt({ text: 'A part', x: 100, y: 100, size: 31 })],
    [lineAt({ text: 'A section', x: 100, y: 160, size: 26 })],
    [lineAt({ text: '248.27', x: 100, y: 220, size: 40 })],
    column(PROSE, { y: 400 }),
  ]);
  expect(pageAsMarkdown(page)).toBe(`# A title\n\n## A part\n\n### A section\n\n248.27\n\n${PROSE.join(' ')}`);
});

test('items are items, short lines keep their ends, cells have bars between them', () => {
  const page = pageOf([
    column(['• one', '– two', '3. three', '12.50']),
    [lineAt({ text: 'tea | milk', x: 0, y: 400 }), lineAt({ text: '1', x: 300, y: 400 })],
    column(['Jane Doe', 'London'], { y: 600 }),
  ]);
  expect(pageAsMarkdown(page)).toBe('- one\n- two\n3. three\n\n12.50\n\ntea \\| milk | 1\n\nJane Doe\\\nLondon');
});

test('what would be markup is escaped', () => {
  const texts = [
    '# no heading',
    '1986. A great year',
    '*x* _y_ [z](w) `v` <u> &amp; ~~t~~',
    'snake_case > all',
    '+1',
    '----',
  ];
  const markdown = texts.map((text) => pageAsMarkdown(pageOf([[lineAt({ text, x: 0, y: 0 })]])));
  expect(markdown).toEqual([
    '\\# no heading',
    '1986\\. A great year',
    '\\*x\\* \\_y\\_ \\[z\\](w) \\`v\\` \\<u> \\&amp; \\~\\~t\\~\\~',
    'snake_case > all',
    '\\+1',
    '\\----',
  ]);
});

test('before each page stands its number, and a page that was not read says so in print', async () => {
  const all = leaves(leaf(1, pageOf([column(['one'])])), leaf(2, pageOf([])), failedPage(3, 'page_timeout'));
  expect(await textOf(formatMarkdown(all))).toBe(
    '<!-- page 1 -->\n\none\n\n<!-- page 2 -->\n\n> **Not read: page 3: page_timeout**\n',
  );
});

test('a table is a table in its place, its print nowhere else, and what would be markup in its cells is escaped', () => {
  const page = pageWithTable([
    ['Item', 'Price'],
    ['a|b *c*', '1'],
    ['tea', ''],
  ]);
  expect(pageAsMarkdown(page)).toBe(
    'Above it\n\n| Item | Price |\n| --- | --- |\n| a\\|b \\*c\\* | 1 |\n| tea |  |\n\nBelow it',
  );
});

test('the lines of a cell are broken in it', () => {
  const page = pageWithTable([['Item', 'Price']]);
  const [table] = page.tables!;
  const cells = table!.cells.map((cell) => ({ ...cell, text: `${cell.text}\nmore` }));
  expect(pageAsMarkdown({ ...page, tables: [{ ...table!, cells }] })).toContain('| Item<br>more | Price<br>more |');
});

test('of a line that stands partly in a table the rest is kept', () => {
  const page = pageWithTable([
    ['Item', 'Price'],
    ['tea', '1'],
  ]);
  const across = lineAt({ text: 'outside beyond tea', x: -50, y: 350 });
  const whole = { ...page, blocks: [{ ...page.blocks[0]!, lines: [across] }] };
  expect(pageAsMarkdown(whole)).toBe('outside beyond\n\n| Item | Price |\n| --- | --- |\n| tea | 1 |');
});
