import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import sharp from 'sharp';
import { decodeFrame } from './decode-frame.ts';
import { isHeic } from './decode-heic.ts';

const options = { maxPixels: 100_000_000 };

/** No program that is at hand everywhere writes HEVC, so pictures of phones come from outside the project. */
const PICTURES = new URL('../../../../../shared/eval/dev/robustness/', import.meta.url);
const PAGE = new URL('images__unstructured__DA-1p.heic', PICTURES);

if (existsSync(PAGE)) {
  describe('HEIC', () => {
    test('is decoded to the picture that the PNG of the same page shows', async () => {
      const raster = await decodeFrame(await readFile(PAGE), 0, options);
      expect([raster.width, raster.height, raster.channels]).toEqual([595, 842, 1]);
      const same = await sharp(await readFile(new URL('images__unstructured__DA-1p.png', PICTURES)))
        .flatten({ background: 'white' })
        .resize(595, 842, { fit: 'fill' })
        .toColourspace('b-w')
        .raw()
        .toBuffer();
      const difference = raster.data.reduce((sum, level, i) => sum + Math.abs(level - same[i]!), 0) / same.length;
      expect(difference).toBeLessThan(10);
    });

    test('is refused by its size before it is decoded', async () => {
      const bytes = await readFile(PAGE);
      await expect(decodeFrame(bytes, 0, { maxPixels: 500_000 })).rejects.toMatchObject({ code: 'too_many_pixels' });
    });

    test('that ends early is an error, and the next one is decoded all the same', async () => {
      const bytes = await readFile(PAGE);
      await expect(decodeFrame(bytes.subarray(0, bytes.length >> 1), 0, options)).rejects.toMatchObject({
        status: 422,
      });
      expect((await decodeFrame(bytes, 0, options)).width).toBe(595);
    });
  });
} else {
  process.stderr.write(`not run: HEIC: ${PAGE.pathname} is not here\n`);
}

test('AVIF, whose container is the same, is not taken for it', async () => {
  const avif = await sharp({ create: { width: 16, height: 16, channels: 3, background: 'red' } })
    .avif({ effort: 0 })
    .toBuffer();
  expect(isHeic(avif)).toBe(false);
  expect((await decodeFrame(avif, 0, options)).width).toBe(16);
});

test('a file that only says it is HEIC is an error', async () => {
  const bytes = Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from('ftypheic\0\0\0\0heicmif1'), Buffer.alloc(200)]);
  expect(isHeic(bytes)).toBe(true);
  await expect(decodeFrame(bytes, 0, options)).rejects.toMatchObject({ status: 422 });
});

test('what a file took of the library is given back, also where it is damaged', async () => {
  const { default: libheif } = (await import('libheif-js/wasm-bundle.js')) as {
    default: { HEAPU8: Uint8Array };
  };
  const bytes = Buffer.concat([
    Buffer.from([0, 0, 0, 24]),
    Buffer.from('ftypheic\0\0\0\0heicmif1'),
    Buffer.alloc(8 * 1024 * 1024),
  ]);
  const sizes: number[] = [];
  for (let turn = 0; turn < 30; turn += 1) {
    await expect(decodeFrame(bytes, 0, options)).rejects.toMatchObject({ status: 422 });
    sizes.push(libheif.HEAPU8.length);
  }
  expect(sizes.at(-1)).toBe(sizes[3]);
});
