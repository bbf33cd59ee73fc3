import type { PageText } from '@docusnap/contracts';
import { expect, test } from '@jest/globals';
import { compareTables, f1, isSameText } from './compare.ts';
import { drawSheet } from './sheet.ts';

/** The drawn tables as a page that was read without a mistake. */
function readPerfectly(sheet: ReturnType<typeof drawSheet>): PageText {
  const { width, height, degrees, tables } = sheet;
  const [cos, sin] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  const turned = (x: number, y: number): [number, number] => [
    width / 2 + (x - width / 2) * cos - (y - height / 2) * sin,
    height / 2 + (x - width / 2) * sin + (y - height / 2) * cos,
  ];
  return {
    width,
    height,
    source: 'ocr',
    blocks: [],
    models: null,
    tables: tables.map(({ specimen, layout: { xs, ys }, at: [x, y] }) => {
      const [right, bottom] = [x + xs.at(-1)!, y + ys.at(-1)!];
      const quad: PageText['blocks'][number]['quad'] = [
        turned(x, y),
        turned(right, y),
        turned(right, bottom),
        turned(x, bottom),
      ];
      return {
        quad,
        ruled: true,
        rows: specimen.rows,
        columns: specimen.kinds.length,
        cells: specimen.cells.map(({ row, column, rowSpan, columnSpan, text }) => ({
          row,
          column,
          row_span: rowSpan,
          column_span: columnSpan,
          quad,
          text,
        })),
      };
    }),
  };
}

// Drawing a sheet takes some tenths of a second, so they are drawn once.
const SEEDS = [1, 2];
const sheets = new Map(SEEDS.map((seed) => [seed, drawSheet(seed, 'ruled')]));

test('tables that are read as they were drawn score 1, and a page without them 0', () => {
  for (const seed of SEEDS) {
    const sheet = sheets.get(seed)!;
    const page = readPerfectly(sheet);
    expect(page.tables!.length).toBeGreaterThan(0);
    expect(f1([compareTables(sheet, page)])).toBe(1);
    expect(f1([compareTables(sheet, { ...page, tables: [] })])).toBe(0);
  }
});

test('a row too many moves all cells below it, and counts', () => {
  const sheet = sheets.get(1)!;
  const page = readPerfectly(sheet);
  const [table] = page.tables!;
  const cells = table!.cells.map((cell) => ({ ...cell, row: cell.row + 1 }));
  const moved = { ...page, tables: [{ ...table!, rows: table!.rows + 1, cells }] };
  expect(f1([compareTables(sheet, moved)])).toBeLessThan(0.3);
});

test('a table that was found where none was drawn counts against what was found', () => {
  const sheet = sheets.get(1)!;
  const page = readPerfectly(sheet);
  const away = page.tables![0]!.quad.map(([x, y]): [number, number] => [x + 5_000, y]);
  const extra = { ...page.tables![0]!, quad: away as PageText['blocks'][number]['quad'] };
  const both = f1([compareTables(sheet, { ...page, tables: [...page.tables!, extra] })]);
  expect(both).toBeGreaterThan(0.5);
  expect(both).toBeLessThan(1);
});

test('the same seed draws the same page', () => {
  expect(sheets.get(1)!.image.equals(drawSheet(1, 'ruled').image)).toBe(true);
});

test('texts agree but for a tenth of their letters, one in longer words, and white space', () => {
  expect(isSameText('Desk lamp', 'Desk\nlamp')).toBe(true);
  expect(isSameText('Paper A4', 'PaperA4')).toBe(true);
  expect(isSameText('17 March', '17 Harch')).toBe(true);
  expect(isSameText('4.20', '4.21')).toBe(false);
  expect(isSameText('Paper', 'Popes')).toBe(false);
});
