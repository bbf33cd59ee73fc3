import type { Line } from '@docusnap/contracts';
import { expect, test } from '@jest/globals';
import { arrange } from './arrange.ts';
import { place } from './placed.ts';
import { rowsOf } from './rows.ts';

/** A line of print of height 10 whose name is its text, turned around (0, 0) by an angle in degrees. */
function line(text: string, x: number, y: number, width: number, degrees = 0): Line {
  const [cos, sin] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  const corner = (px: number, py: number): [number, number] => [px * cos - py * sin, px * sin + py * cos];
  const quad: Line['quad'] = [corner(x, y), corner(x + width, y), corner(x + width, y + 10), corner(x, y + 10)];
  return { text, quad, confidence: 1, words: [{ text, quad, confidence: 1 }] };
}

function blocksOf(lines: readonly Line[]): string[] {
  return arrange(lines).map((block) => block.lines.map(({ text }) => text).join(' '));
}

/** A column of five full lines named after it. */
function column(name: string, x: number, y: number): Line[] {
  return [0, 1, 2, 3, 4].map((row) => line(`${name}${row}`, x, y + row * 14, 200));
}

test('no lines are no blocks', () => {
  expect(arrange([])).toEqual([]);
});

test('lines are read from top to bottom, a wide gap begins a block', () => {
  expect(blocksOf([line('c', 0, 60, 90), line('a', 0, 0, 100), line('b', 0, 14, 80)])).toEqual(['a b', 'c']);
});

test('a receipt is read by rows: the item, then its price far right', () => {
  const rows = ['tea', 'milk', 'bread', 'salt', 'jam'].flatMap((name, row) => [
    line(`${name}$`, 300, row * 14 + 2, 30),
    line(name, 0, row * 14, 60 + row * 20),
  ]);
  expect(blocksOf(rows)).toEqual(['tea tea$ milk milk$ bread bread$ salt salt$ jam jam$']);
});

test('columns of prose are read one after the other', () => {
  expect(blocksOf([...column('r', 230, 0), ...column('l', 0, 0)])).toEqual(['l0 l1 l2 l3 l4', 'r0 r1 r2 r3 r4']);
});

test.each([
  ['two, of which one is shifted down by half a line,', 2, 7],
  ['three', 3, 0],
  ['four', 4, 0],
  ['three, of which one is shifted down by half a line,', 3, 7],
])('%s columns of prose on level lines are read one after the other', (_, count, shift) => {
  const names = ['a', 'b', 'c', 'd'].slice(0, count);
  const page = names.flatMap((name, at) => column(name, at * 230, at === 1 ? shift : 0));
  const alone = names.map((name) => [0, 1, 2, 3, 4].map((row) => `${name}${row}`).join(' '));
  expect(blocksOf(page)).toEqual(alone);
  expect(blocksOf([line('head', 0, -40, count * 230 - 30), ...page])).toEqual(['head', ...alone]);
});

test('a headline over two of three columns of prose does not hide them', () => {
  const lines = (name: string, x: number, first: number) =>
    Array.from({ length: 12 - first }, (_, row) => line(`${name}${row + first}`, x, (row + first) * 14, 200));
  const page = [...lines('a', 0, 0), line('head', 230, 0, 430), ...lines('b', 230, 2), ...lines('c', 460, 2)];
  const names = (name: string, first: number) => lines(name, 0, first).map(({ text }) => text);
  expect(blocksOf(page)).toEqual([names('a', 0), ['head'], names('b', 2), names('c', 2)].map((all) => all.join(' ')));
});

test('a table of three columns is read by rows, one of them as wide as prose', () => {
  const rows = [0, 1, 2, 3, 4, 5].map((row) => [
    line(`a${row}`, 0, row * 14, 200 - row),
    line(`b${row}`, 230, row * 14, 30),
    line(`c${row}`, 460, row * 14, 40),
  ]);
  expect(blocksOf(rows.flat()).join(' ')).toBe(rows.flatMap((row) => row.map(({ text }) => text)).join(' '));
});

test('a table whose first cells have two lines each, shifted against its values, is not read as columns', () => {
  const rows = [0, 1, 2, 3, 4, 5].map((row) => [
    line(`upper${row}`, 0, row * 34 - 8, 110),
    line(`a${row}`, 130, row * 34, 60),
    line(`b${row}`, 230, row * 34, 40),
    line(`lower${row}`, 0, row * 34 + 8, 60 + row * 10),
  ]);
  const read = rows.map(([upper, a, b, lower]) => [upper, a, b, lower].map((of) => of?.text).join(' '));
  expect(blocksOf(rows.flat()).join(' ')).toBe(read.join(' '));
});

test('prose beside a table is read apart from it when their rows are not level', () => {
  const table = [0, 1, 2, 3].flatMap((row) => [line(`n${row}`, 0, row * 22, 30), line(`v${row}`, 80, row * 22, 20)]);
  const prose = [0, 1, 2, 3, 4, 5].map((row) => line(`p${row}`, 200, row * 14, 180));
  expect(blocksOf([...prose, ...table]).join(' ')).toBe('n0 v0 n1 v1 n2 v2 n3 v3 p0 p1 p2 p3 p4 p5');
});

test('a headline over columns comes first and does not hide them', () => {
  const page = [...column('r', 230, 40), line('head', 0, 0, 430), ...column('l', 0, 40), line('foot', 150, 150, 130)];
  expect(blocksOf(page)).toEqual(['head', 'l0 l1 l2 l3 l4', 'r0 r1 r2 r3 r4', 'foot']);
});

test('some rows of a table whose cells are as wide as prose are read as the others are', () => {
  const wide = (row: number) => row >= 3 && row < 7;
  const cells = Array.from({ length: 12 }, (_, row) => row).flatMap((row) => [
    line(`a${row}`, 0, row * 14, wide(row) ? 130 - row : row === 0 ? 140 : 30),
    line(`b${row}`, 160, row * 14, wide(row) ? 180 : 60 + row * 20),
  ]);
  const rows = Array.from({ length: 12 }, (_, row) => `a${row} b${row}`);
  expect(blocksOf(cells).join(' ')).toBe(rows.join(' '));
});

test('lines of a cell beside a label that stands level with both are read from the upper to the lower', () => {
  expect(blocksOf([line('label', 0, 7, 40), line('upper', 101, 3, 80), line('lower', 100, 11, 60)])).toEqual([
    'label upper lower',
  ]);
});

test('of thousands of lines printed over each other each is kept, and compared with some of the others', () => {
  let compared = 0;
  const lines = Array.from({ length: 2_000 }, (_, index) => ({
    ...place([line(`${index}`, 0, 0, 100)])[0]!,
    get right() {
      compared += 1;
      return 100;
    },
  }));
  expect(new Set(rowsOf(lines).flat())).toEqual(new Set(lines));
  expect(compared).toBeLessThan(500 * lines.length);
});

test('a page of Hebrew or Arabic is read from right to left: labels before their values, the right column before the left', () => {
  expect(blocksOf([line('דנה', 0, 0, 30), line('שם:', 300, 2, 30)])).toEqual(['שם: דנה']);
  expect(blocksOf([line('دانا', 0, 0, 30), line('ID 7', 150, 0, 30), line('الاسم:', 300, 0, 40)])).toEqual([
    'الاسم: ID 7 دانا',
  ]);
  expect(blocksOf([...column('א', 0, 0), ...column('ב', 230, 0)])).toEqual(['ב0 ב1 ב2 ב3 ב4', 'א0 א1 א2 א3 א4']);
});

test('a page of Latin letters is read from left to right, with a Hebrew word too', () => {
  expect(blocksOf([line('שלום', 300, 0, 30), line('Hebrew:', 0, 0, 60)])).toEqual(['Hebrew: שלום']);
});

test('a skewed page keeps its rows', () => {
  const cells = [0, 1, 2, 3].flatMap((row) => [
    line(`b${row}`, 500, row * 14, 40, 3),
    line(`a${row}`, 0, row * 14, 40, 3),
  ]);
  expect(blocksOf(cells)).toEqual(['a0 b0 a1 b1 a2 b2 a3 b3']);
});

test.each([90, 180, 270])('a page turned by %i degrees is read from its own top', (degrees) => {
  const cells = [0, 1, 2, 3].flatMap((row) => [
    line(`b${row}`, 500, row * 14, 40, degrees + 2),
    line(`a${row}`, 0, row * 14, 40, degrees + 2),
  ]);
  expect(blocksOf(cells)).toEqual(['a0 b0 a1 b1 a2 b2 a3 b3']);
});

test('the quad of a block holds its lines', () => {
  expect(arrange([line('a', 5, 0, 100), line('b', 0, 14, 80)])[0]?.quad).toEqual([
    [0, 0],
    [105, 0],
    [105, 24],
    [0, 24],
  ]);
});
