import { inMemory } from '@docusnap/blobs';
import type { PageText } from '@docusnap/contracts';
import { makePdf, type PdfPage } from '@docusnap/testing';
import { expect, test } from '@jest/globals';
import { readPdfPage } from './read-pdf-page.ts';
import { openPdfShelf } from './shelf.ts';

const shelf = openPdfShelf();
let key = 0;

function read(page: PdfPage): Promise<PageText> {
  const source = { key: `${++key}`, password: undefined, open: async () => inMemory(makePdf([page])) };
  return shelf.use(source, (document) =>
    readPdfPage(document, 0, { text: 'only', maxPixels: 100_000_000 }, () => {
      throw new Error('Nothing of this page is to be read.');
    }),
  );
}

const ROWS = [
  ['Item', 'Place', 'Price'],
  ['Rope', 'Norfield', '7.35'],
  ['Kettle', 'Vienna', '24.10'],
];
const XS = [50, 150, 260, 350];
const YS = [500, 478, 456, 434];
const texts = ROWS.flatMap((row, r) => row.map((text, c) => ({ text, x: XS[c]! + 6, y: YS[r]! - 15, size: 11 })));
const strokes = [
  ...YS.map((y) => [XS[0]!, y, XS[3]!, y, 0.5] as const),
  ...XS.map((x) => [x, YS[0]!, x, YS[3]!, 0.5] as const),
];
const A5 = { width: 420, height: 595 };
const textsOf = (page: PageText) =>
  page.tables!.map(({ rows, cells }) =>
    Array.from({ length: rows }, (_, row) => cells.filter((cell) => cell.row === row).map(({ text }) => text)),
  );

test.each([0, 90, 270] as const)(
  'a table drawn with hairlines is found on a page shown at %i degrees, in the space of its text',
  async (rotate) => {
    const page = await read({ ...A5, texts, strokes, rotate });
    expect(page.source).toBe('text-layer');
    expect(textsOf(page)).toEqual([ROWS]);
    const [table] = page.tables!;
    expect(table!.ruled).toBe(true);
    const scale = Math.max(page.width, page.height) / 595;
    const sides = [0, 1].map((axis) => {
      const at = table!.quad.map((corner) => corner[axis]!);
      return (Math.max(...at) - Math.min(...at)) / scale;
    });
    expect(Math.max(...sides)).toBeCloseTo(300, -1);
    expect(Math.min(...sides)).toBeCloseTo(66, -1);
  },
);

test('a table without strokes is found by its text alone', async () => {
  expect(textsOf(await read({ ...A5, texts }))).toEqual([ROWS]);
});

test('a page of prose and an empty page have an empty list of tables', async () => {
  const prose = ['The committee met on the third of May and heard', 'two reports, and both were taken without a vote.'];
  const page = await read({ ...A5, texts: prose.map((text, i) => ({ text, x: 50, y: 500 - i * 16, size: 11 })) });
  expect(page.tables).toEqual([]);
  expect((await read(A5)).tables).toEqual([]);
});
