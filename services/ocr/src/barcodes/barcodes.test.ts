import { AppError, type PageText } from '@docusnap/contracts';
import type { Raster } from '@docusnap/engine';
import { drawBarcode } from '@docusnap/testing';
import { expect, jest, test } from '@jest/globals';
import sharp from 'sharp';
import { startStopwatch } from '../reader/stopwatch.ts';
import { readBarcodes } from './read-barcodes.ts';
import { withBarcodes } from './with-barcodes.ts';

const TEXT = 'https://example.org/case/80?x=1';

/** A white page with pictures on it, turned around its middle. */
async function pageOf(
  pictures: readonly { input: Buffer; left: number; top: number }[],
  size = { width: 900, height: 1200 },
): Promise<Raster> {
  const { data, info } = await sharp({ create: { ...size, channels: 3, background: 'white' } })
    .composite([...pictures])
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, channels: 3, data: new Uint8Array(data) };
}

const page: PageText = { width: 900, height: 1200, source: 'ocr', blocks: [], models: null };

test('codes are read with their format, text and place, from top to bottom', async () => {
  const qr = await drawBarcode(TEXT, 'QRCode', 5);
  const line = await drawBarcode('AB-12345', 'Code128', 3);
  const found = await readBarcodes(
    await pageOf([
      { input: line, left: 200, top: 700 },
      { input: qr, left: 100, top: 150 },
    ]),
  );
  expect(found.map(({ format, text }) => [format, text])).toEqual([
    ['QRCode', TEXT],
    ['Code128', 'AB-12345'],
  ]);
  const { width = 0 } = await sharp(qr).metadata();
  const [[left, top], [right], [, bottom]] = found[0]!.quad;
  // The picture has a quiet zone of four modules.
  for (const [value, expected] of [
    [left, 120],
    [top, 170],
    [right, 80 + width],
    [bottom, 130 + width],
  ] as const) {
    expect(Math.abs(value - expected)).toBeLessThan(8);
  }
});

test.each([
  ['EAN13', '4006381333931'],
  ['DataMatrix', 'lot 80/7'],
  ['PDF417', 'a driving licence'],
  ['Code39', 'PART-7'],
] as const)('a code of the kind %s is read', async (format, text) => {
  const found = await readBarcodes(await pageOf([{ input: await drawBarcode(text, format, 4), left: 60, top: 60 }]));
  expect(found.map((code) => [code.format.replace('Std', ''), code.text])).toEqual([[format, text]]);
});

test('a page without codes has an empty list', async () => {
  expect(await readBarcodes(await pageOf([]))).toEqual([]);
});

test('a page that is too large to be searched as it is, is searched smaller, and its codes lie where they are', async () => {
  const size = { width: 5_600, height: 5_600 };
  const code = await drawBarcode(TEXT, 'QRCode', 24);
  const found = await readBarcodes(await pageOf([{ input: code, left: 3_000, top: 2_000 }], size));
  expect(found.map(({ text }) => text)).toEqual([TEXT]);
  expect(Math.abs(found[0]!.quad[0][0] - (3_000 + 4 * 24))).toBeLessThan(30);
});

test('a code that is damaged beyond repair is not read, and no error', async () => {
  const code = await drawBarcode(TEXT, 'QRCode', 5);
  const blot = await sharp({ create: { width: 110, height: 60, channels: 3, background: 'black' } })
    .png()
    .toBuffer();
  expect(
    await readBarcodes(
      await pageOf([
        { input: code, left: 100, top: 100 },
        { input: blot, left: 140, top: 160 },
      ]),
    ),
  ).toEqual([]);
});

test('nothing is fetched from anywhere', async () => {
  const fetched = jest.spyOn(globalThis, 'fetch');
  await readBarcodes(await pageOf([]));
  expect(fetched).not.toHaveBeenCalled();
  fetched.mockRestore();
});

test('where codes cannot be searched for, the page keeps its text, says that nobody looked, and its stages tell', async () => {
  const watch = startStopwatch();
  const broken: Raster = { width: 0, height: 0, channels: 1, data: new Uint8Array(0) };
  const kept = await withBarcodes(page, watch, () =>
    Promise.resolve(broken).then(() => Promise.reject(new Error('broken'))),
  );
  expect(kept).toEqual(page);
  expect(Object.keys(watch.times())).toEqual(['barcodes_failed']);
});

test('a page that cannot be rendered fails as such', async () => {
  const failing = () => Promise.reject(new AppError('page_too_complex'));
  await expect(withBarcodes(page, startStopwatch(), failing)).rejects.toMatchObject({ code: 'page_too_complex' });
});
