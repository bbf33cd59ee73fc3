import { PageText } from '@docusnap/contracts';
import { readPage } from '@docusnap/engine';
import { drawPage, textWidth } from '@docusnap/testing';
import { expect, test } from '@jest/globals';
import { decodeFrame } from './decode/decode-frame.ts';
import { loadModels } from './models/load.ts';

const ROWS = [
  ['Article', 'Delivered', 'Price'],
  ['Notebook', '17 March', '14.85'],
  ['Pencil', '22 March', '7.20'],
  ['Desk lamp', '30 April', '129.00'],
];
const XS = [120, 420, 720, 960];
const SIZE = 30;
const PITCH = 64;

/** The rows above under a line of prose, with or without strokes around the cells. */
function drawn({ ruled, rotateDegrees }: { ruled: boolean; rotateDegrees: number }): Promise<Buffer> {
  const ys = [0, 1, 2, 3, 4].map((row) => 300 + row * PITCH);
  const cells = ROWS.flatMap((row, r) =>
    row.map((text, c) => {
      const x = c === 2 && r > 0 ? XS[3]! - 20 - textWidth(text, SIZE) : XS[c]! + 20;
      return { text, x, y: ys[r]! + 44, size: SIZE };
    }),
  );
  const level = ys.map((y) => ({ from: [XS[0]!, y], to: [XS[3]!, y], thickness: 2 }) as const);
  const upright = XS.map((x) => ({ from: [x, ys[0]!], to: [x, ys[4]!], thickness: 2 }) as const);
  return drawPage({
    width: 1120,
    height: 900,
    lines: [{ text: 'Thank you for your order. It was packed today.', x: 120, y: 180, size: SIZE }, ...cells],
    rules: ruled ? [...level, ...upright] : [],
    rotateDegrees,
    blur: 0.5,
    noise: 5,
    format: 'jpeg',
  });
}

test.each([
  [true, 0],
  [true, 2.4],
  [false, -1.8],
] as const)(
  'a drawn table (strokes: %s) turned by %d degrees is read with real models, cell by cell',
  async (ruled, rotateDegrees) => {
    const { models } = await loadModels();
    const raster = await decodeFrame(await drawn({ ruled, rotateDegrees }), 0, { maxPixels: 100_000_000 });
    for (const setting of ['accurate', 'fast'] as const) {
      const page = PageText.parse(await readPage(models, raster, { setting }));
      expect(page.tables).toHaveLength(1);
      const [{ rows, cells, ...table }] = page.tables! as [NonNullable<PageText['tables']>[number]];
      expect(table.ruled).toBe(ruled);
      const texts = Array.from({ length: rows }, (_, row) =>
        cells.filter((cell) => cell.row === row).map(({ text }) => text),
      );
      expect(texts).toEqual(ROWS);
    }
  },
);
