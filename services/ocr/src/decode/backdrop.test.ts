import { expect, test } from '@jest/globals';
import sharp from 'sharp';
import { decodeFrame } from './decode-frame.ts';

const options = { maxPixels: 1_000_000 };

/** The channels of a pixel of a picture that is 8 pixels wide. */
async function pixelsOf(bytes: Buffer, points: readonly (readonly [number, number])[]) {
  const { width, channels, data } = await decodeFrame(bytes, 0, options);
  return points.map(([x, y]) => Array.from(data.subarray((y * width + x) * channels, (y * width + x + 1) * channels)));
}

test('what is transparent is white', async () => {
  const raw = Buffer.alloc(64 * 4);
  // One pixel that is not, in red.
  raw.set([255, 0, 0, 255]);
  const bytes = await sharp(raw, { raw: { width: 8, height: 8, channels: 4 } })
    .png()
    .toBuffer();
  expect(
    await pixelsOf(bytes, [
      [0, 0],
      [4, 4],
    ]),
  ).toEqual([
    [255, 0, 0],
    [255, 255, 255],
  ]);
});

test.each([
  ['white print', [255, 255, 255], 0],
  ['pale print', [240, 250, 220], 0],
  ['dark print', [60, 60, 60], 255],
  ['yellow print', [255, 255, 0], 255],
])('%s on nothing is put on what shows it', async (_what, ink, paper) => {
  const raw = Buffer.alloc(64 * 4);
  for (const at of [9, 10, 11, 17, 25]) raw.set([...ink, 255], at * 4);
  const bytes = await sharp(raw, { raw: { width: 8, height: 8, channels: 4 } })
    .png()
    .toBuffer();
  const pixels = await pixelsOf(bytes, [
    [1, 1],
    [0, 0],
  ]);
  expect(pixels.map(([red]) => red)).toEqual([ink[0], paper]);
});

test('half transparent grey is half way to white', async () => {
  const raw = Buffer.alloc(64 * 2).map((_, i) => (i % 2 === 0 ? 0 : 128));
  const bytes = await sharp(raw, { raw: { width: 8, height: 8, channels: 2 } })
    .toColourspace('b-w')
    .png()
    .toBuffer();
  const raster = await decodeFrame(bytes, 0, options);
  expect(raster.channels).toBe(1);
  expect(raster.data[0]).toBeGreaterThan(120);
  expect(raster.data[0]).toBeLessThan(136);
});
