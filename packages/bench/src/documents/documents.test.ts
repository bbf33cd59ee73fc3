import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { drawPage, drawPdf, temporaryFolder, textsOfPdfJs } from '@docusnap/testing';
import { expect, test } from '@jest/globals';
import sharp from 'sharp';
import { type PageImage, pageImages, repeated } from './page-images.ts';
import { digitalPdf, mixedPdf, scannedPdf } from './pdfs.ts';
import { countByFrame, readsIn, readsOf } from './reads.ts';

/** A grey page with one word on it, half of it darker where a test has to tell it from others. */
async function image(width: number, height: number, text: string): Promise<PageImage> {
  const lines = [{ text, x: 20, y: height / 2, size: 40 }];
  const bytes = await drawPage({ width, height, lines, format: 'jpeg' });
  return { name: `${text}.jpg`, bytes, width, height, colours: 'DeviceGray' };
}

test('a scanned PDF has the images as they are, each on a page of its own size, and no text', async () => {
  const pdf = scannedPdf([await image(200, 400, 'one'), await image(600, 300, 'two')]);
  expect((await textsOfPdfJs(pdf)).map((text) => text.trim())).toEqual(['', '']);
  // 72 dots an inch of what was scanned at 200.
  const pages = await Promise.all([1, 2].map(async (page) => sharp(await drawPdf(pdf, page)).metadata()));
  expect(pages.map(({ width, height }) => [width, height])).toEqual([
    [72, 144],
    [216, 108],
  ]);
  const { data } = await sharp(await drawPdf(pdf, 2))
    .grayscale()
    .raw()
    .toBuffer({ resolveWithObject: true });
  expect(Math.min(...data)).toBeLessThan(120);
});

test('a born-digital PDF has text on every page, the same for the same seed', async () => {
  const pdf = digitalPdf(3, 5);
  const texts = await textsOfPdfJs(pdf);
  expect(texts.map((text) => /Page \d/.exec(text)?.[0])).toEqual(['Page 1', 'Page 2', 'Page 3']);
  expect(new Set(texts).size).toBe(3);
  expect(digitalPdf(3, 5).equals(pdf)).toBe(true);
  expect(digitalPdf(3, 6).equals(pdf)).toBe(false);
});

test('in a mixed PDF every other page is scanned', async () => {
  const one = await image(200, 200, 'one');
  const texts = await textsOfPdfJs(mixedPdf([one, one], 5));
  expect(texts.map((text) => text.trim() !== '')).toEqual([true, false, true, false]);
});

test('images of a folder become JPEGs: those that are stay as they are, others are turned upright and lie on white', async () => {
  const folder = await temporaryFolder();
  try {
    const { bytes } = await image(120, 80, 'one');
    const turned = await sharp(bytes).withMetadata({ orientation: 6 }).jpeg().toBuffer();
    const clear = await sharp({ create: { width: 30, height: 20, channels: 4, background: '#0000' } })
      .png()
      .toBuffer();
    await writeFile(join(folder.path, 'a.jpg'), bytes);
    await writeFile(join(folder.path, 'b.jpeg'), turned);
    await writeFile(join(folder.path, 'c.png'), clear);
    const images = await pageImages(folder.path);
    expect(images.map(({ name, width, height }) => [name, width, height])).toEqual([
      ['a.jpg', 120, 80],
      ['b.jpg', 80, 120],
      ['c.jpg', 30, 20],
    ]);
    expect(images[0]?.bytes.equals(bytes)).toBe(true);
    expect(images[0]?.colours).toBe('DeviceGray');
    const { channels } = await sharp(images[2]?.bytes).stats();
    expect(channels.map(({ min }) => min)).toEqual([255, 255, 255]);
  } finally {
    await folder.remove();
  }
});

test('images are told over and over until there are enough', () => {
  expect(repeated(['a', 'b'], 5)).toEqual(['a', 'b', 'a', 'b', 'a']);
  expect(repeated(['a', 'b'], 1)).toEqual(['a']);
});

const line = (fields: object): string =>
  JSON.stringify({
    level: 'info',
    time: '2026-01-02T03:04:05.678Z',
    kind: 'read',
    job: 'j',
    outcome: 'done',
    msg: 'unit ended',
    ...fields,
  });

test('readings are counted from the log: those of the job that came to their end, of half a line nothing', () => {
  const log = [
    line({ frame: 0 }),
    line({ frame: 1 }),
    line({ frame: 1 }),
    line({ frame: 2, job: 'other' }),
    line({ frame: 3, outcome: 'failed' }),
    line({ frame: null, kind: 'open' }),
    line({ frame: 4, msg: 'something else' }),
    line({ frame: 5 }).slice(0, 40),
    'no JSON',
    '',
  ].join('\n');
  const reads = readsIn(log, 'j');
  expect(reads[0]).toEqual({ frame: 0, at: Date.parse('2026-01-02T03:04:05.678Z') });
  expect(countByFrame(reads)).toEqual(
    new Map([
      [0, 1],
      [1, 2],
    ]),
  );
});

test('a log that was rotated is read with what came before', async () => {
  const folder = await temporaryFolder();
  try {
    expect(readsOf(folder.path, 'j')).toEqual([]);
    await writeFile(join(folder.path, 'ocr.log.1'), line({ frame: 0 }));
    await writeFile(join(folder.path, 'ocr.log'), line({ frame: 1 }));
    expect(readsOf(folder.path, 'j').map(({ frame }) => frame)).toEqual([0, 1]);
  } finally {
    await folder.remove();
  }
});
