import { expect, test } from '@jest/globals';
import sharp from 'sharp';
import { makeTiff } from './make-tiff.ts';

test('a TIFF holds its pages in order, with their sizes and pixels', async () => {
  const page = (width: number, height: number, level: number) => ({
    width,
    height,
    pixels: new Uint8Array(width * height).fill(level),
  });
  const bytes = makeTiff([page(20, 10, 50), page(7, 13, 200)]);
  const metadata = await sharp(bytes).metadata();
  expect(metadata).toMatchObject({ format: 'tiff', pages: 2, width: 20, height: 10 });
  const second = await sharp(bytes, { page: 1 }).raw().toBuffer({ resolveWithObject: true });
  expect(second.info).toMatchObject({ width: 7, height: 13 });
  expect([...new Set(second.data)]).toEqual([200]);
});
