import { Readable, type Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createDeflate, createInflate } from 'node:zlib';
import type { MediaType, PageText } from '@docusnap/contracts';
import { boxesOfPdf, describeNeeding, drawPdf, textsOfPdfJs, wordsOfPdf } from '@docusnap/testing';
import { expect, test } from '@jest/globals';
import sharp from 'sharp';
import type { Leaf } from '../leaves.ts';
import { column, failedPage, HOSTILE, leaf, leaves, lineAt, pageOf, turned, wordsOf } from '../test-pages.ts';
import { readImageHead } from './image-head.ts';
import { formatImagePdf, type PageImages, type Zlib } from './image-pdf.ts';

const ZLIB: Zlib = {
  deflate: (source) => through(source, createDeflate()),
  inflate: (source) => through(source, createInflate()),
};

async function* through(source: AsyncIterable<Uint8Array>, transform: Transform): AsyncGenerator<Uint8Array> {
  const fed = pipeline(Readable.from(source), transform);
  fed.catch(() => undefined);
  try {
    yield* transform;
    await fed;
  } finally {
    transform.destroy();
  }
}

interface File {
  readonly type: MediaType;
  readonly bytes: Uint8Array;
}

async function pdfOf(files: readonly File[], all: readonly Leaf[]): Promise<Buffer> {
  const open = (index: number): AsyncIterable<Uint8Array> => inPieces(files[index]!.bytes);
  const heads = await Promise.all(files.map(({ type }, index) => readImageHead(type, open(index))));
  const images: PageImages = {
    head: async ({ fileIndex }) => heads[fileIndex] ?? null,
    open: ({ fileIndex }) => open(fileIndex),
  };
  const parts = formatImagePdf('Título & 题目', leaves(...all), images, ZLIB);
  return Buffer.concat(await Array.fromAsync(parts));
}

/** Pieces that are no multiples of anything, so that every border falls somewhere else. */
async function* inPieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 997) yield bytes.subarray(at, at + 997);
}

/** Four fields of different colours, which shows how a picture is turned; wider than high. */
function picture(width = 60, height = 40, alpha?: number) {
  const field = (colour: string, x: number, y: number) =>
    `<rect x="${(x * width) / 2}" y="${(y * height) / 2}" width="${width / 2}" height="${height / 2}" fill="${colour}"/>`;
  const fields = [field('red', 0, 0), field('lime', 1, 0), field('blue', 0, 1), field('black', 1, 1)].join('');
  const opacity = alpha === undefined ? '' : ` opacity="${alpha}"`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><g${opacity}>${fields}</g></svg>`;
  const image = sharp(Buffer.from(svg));
  return alpha === undefined ? image.flatten({ background: 'white' }) : image;
}

/** The colours in the middles of the four fields of what is seen. */
function fieldsOf({ data, width, height }: { data: Buffer; width: number; height: number }): number[][] {
  return [1, 3].flatMap((y) =>
    [1, 3].map((x) => {
      const at = (Math.floor((height * y) / 4) * width + Math.floor((width * x) / 4)) * 3;
      return [...data.subarray(at, at + 3)];
    }),
  );
}

const drawn = async (pdf: Uint8Array) => seen(await drawPdf(pdf));

async function seen(bytes: Uint8Array): Promise<{ data: Buffer; width: number; height: number }> {
  const { data, info } = await sharp(bytes)
    .autoOrient()
    .flatten({ background: 'white' })
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

function expectAlike(one: number[][], other: number[][], tolerance = 12): void {
  for (const [field, colour] of one.entries()) {
    for (const [channel, value] of colour.entries()) {
      expect([field, channel, Math.abs(value - other[field]![channel]!) <= tolerance]).toEqual([field, channel, true]);
    }
  }
}

const prose = pageOf([
  column(['The quick brown fox jumps over the lazy dog and then it runs', 'back again.']),
  [lineAt({ text: 'left', x: 100, y: 400 }), lineAt({ text: 'right', x: 500, y: 400 })],
  column(['比较文学成为一个有缺陷的词', 'ｆｕｌｌ 中A国 😀𠀀'], { y: 600 }),
]);
const blank = (page: PageText): Promise<Buffer> =>
  sharp({ create: { width: page.width, height: page.height, channels: 3, background: 'white' } })
    .jpeg()
    .toBuffer();

describeNeeding('pdftotext', 'a searchable PDF of images', () => {
  test('poppler and pdf.js find its words in order, Han and rarer characters too', async () => {
    const file = { type: 'image/jpeg' as const, bytes: await blank(prose) };
    const pdf = await pdfOf([file, file], [leaf(1, prose), leaf(2, pageOf([]))]);
    expect(await wordsOfPdf(pdf)).toEqual([wordsOf(prose), []]);
    const [first = '', second] = await textsOfPdfJs(pdf);
    expect(first.split(/\s+/).filter(Boolean)).toEqual(wordsOf(prose));
    expect(second).toBe('');
  });

  test('each word lies where it was read', async () => {
    const pdf = await pdfOf([{ type: 'image/jpeg', bytes: await blank(prose) }], [leaf(1, prose)]);
    const scale = 842 / prose.height;
    const found = await boxesOfPdf(pdf);
    const words = prose.blocks.flatMap(({ lines }) => lines.flatMap((line) => line.words));
    for (const { text, quad } of words) {
      const [left, top, right, bottom] = found.find(({ word }) => word === text)?.box ?? [];
      expect([text, Math.abs(left! - quad[0][0] * scale) < 1, Math.abs(right! - quad[2][0] * scale) < 1]).toEqual([
        text,
        true,
        true,
      ]);
      expect([text, Math.abs(top! - quad[0][1] * scale) < 3, Math.abs(bottom! - quad[2][1] * scale) < 3]).toEqual([
        text,
        true,
        true,
      ]);
    }
  });

  test.each([90, 180, 270, 2])('words of a page turned by %i degrees are turned right', async (degrees) => {
    const page = turned(pageOf([column(['first words here', 'second line'], { x: 50, y: 50 })]), degrees, [500, 600]);
    const pdf = await pdfOf([{ type: 'image/jpeg', bytes: await blank(page) }], [leaf(1, page)]);
    expect(await wordsOfPdf(pdf)).toEqual([wordsOf(page)]);
    const quad = page.blocks[0]!.lines[0]!.words[0]!.quad;
    const box = (await boxesOfPdf(pdf)).find(({ word }) => word === 'first')?.box ?? [];
    const middle = [(box[0]! + box[2]!) / 2, (box[1]! + box[3]!) / 2].map((value) => (value * page.height) / 842);
    for (const axis of [0, 1] as const) {
      const wanted = quad.reduce((sum, point) => sum + point[axis], 0) / 4;
      expect(Math.abs(middle[axis]! - wanted)).toBeLessThan(12);
    }
  });

  test('words that stand close are still found apart', async () => {
    const line = lineAt({ text: 'two words', x: 100, y: 100 });
    const [one, other] = line.words as [(typeof line.words)[0], (typeof line.words)[0]];
    const close = {
      ...line,
      words: [
        { ...one, quad: lineAt({ text: 'twooo', x: 100, y: 100 }).quad },
        { ...other, quad: lineAt({ text: 'words', x: 149, y: 100 }).quad },
      ],
    };
    const page = pageOf([[close]]);
    expect(await wordsOfPdf(await pdfOf([{ type: 'image/jpeg', bytes: await blank(page) }], [leaf(1, page)]))).toEqual([
      ['two', 'words'],
    ]);
  });

  test('a JPEG is in it byte by byte', async () => {
    const bytes = await picture().jpeg().toBuffer();
    expect((await pdfOf([{ type: 'image/jpeg', bytes }], [leaf(1, pageOf([]))])).includes(bytes)).toBe(true);
  });

  test('it is written image by image: a file is opened when those before it are out', async () => {
    const bytes = await sharp({
      create: {
        width: 300,
        height: 300,
        channels: 3,
        background: 'white',
        noise: { type: 'gaussian', mean: 128, sigma: 60 },
      },
    })
      .jpeg()
      .toBuffer();
    const head = await readImageHead('image/jpeg', inPieces(bytes));
    let out = 0;
    const outAtOpening: number[] = [];
    const open = (): AsyncIterable<Uint8Array> => {
      outAtOpening.push(out);
      return inPieces(bytes);
    };
    const all = leaves(leaf(1, pageOf([])), leaf(2, pageOf([])), leaf(3, pageOf([])));
    for await (const part of formatImagePdf('three', all, { head: async () => head, open }, ZLIB)) {
      expect(part.length).toBeLessThan(Math.max(10_000, bytes.length / 4));
      out += part.length;
    }
    for (const [index, before] of outAtOpening.entries()) expect(before).toBeGreaterThanOrEqual(index * bytes.length);
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8])('a photograph of EXIF orientation %i stands upright', async (orientation) => {
    const bytes = await picture().jpeg({ quality: 95 }).withMetadata({ orientation }).toBuffer();
    const [got, wanted] = [
      await drawn(await pdfOf([{ type: 'image/jpeg', bytes }], [leaf(1, pageOf([]))])),
      await seen(bytes),
    ];
    expect(got.width > got.height).toBe(wanted.width > wanted.height);
    expectAlike(fieldsOf(got), fieldsOf(wanted));
  });

  test.each([
    ['grey JPEG', () => picture().greyscale().jpeg({ quality: 95 })],
    ['CMYK JPEG', () => picture().toColourspace('cmyk').jpeg({ quality: 95 })],
    ['progressive JPEG', () => picture().jpeg({ quality: 95, progressive: true })],
    ['RGB PNG', () => picture().png()],
    ['16-bit PNG', () => picture().toColourspace('rgb16').png()],
    ['grey PNG', () => picture().greyscale().toColourspace('b-w').png()],
    ['palette PNG', () => picture().png({ palette: true, colours: 8 })],
    ['palette PNG with transparency', () => picture(60, 40, 0.5).png({ palette: true, colours: 8 })],
    ['PNG with alpha', () => picture(60, 40, 0.5).png()],
    ['PNG with alpha, many rows and all filters', () => picture(300, 600, 0.3).png({ adaptiveFiltering: true })],
    ['grey PNG with alpha', () => picture(60, 40, 0.5).greyscale().toColourspace('b-w').png()],
    ['16-bit PNG with alpha', () => picture(60, 40, 0.5).toColourspace('rgb16').png()],
  ] as const)('a %s looks as it did', async (name, make) => {
    const bytes = await make().toBuffer();
    const type = name.includes('JPEG') ? 'image/jpeg' : 'image/png';
    const pdf = await pdfOf([{ type, bytes }], [leaf(1, pageOf([]))]);
    // Inks are mixed with a profile here and without one there.
    expectAlike(fieldsOf(await drawn(pdf)), fieldsOf(await seen(bytes)), name === 'CMYK JPEG' ? 90 : 12);
  });

  test('the resolution of a scan is kept; a page without a credible one is as long as A4', async () => {
    const size = async (density: number) => {
      const bytes = await picture(600, 400).jpeg().withMetadata({ density }).toBuffer();
      const { width, height } = await drawn(await pdfOf([{ type: 'image/jpeg', bytes }], [leaf(1, pageOf([]))]));
      return [width, height];
    };
    expect(await size(300)).toEqual([144, 96]);
    expect(await size(72)).toEqual([842, 562]);
  });

  test('a page that was not read shows its picture with a note, a damaged one and a file that failed the reason', async () => {
    const bytes = await picture().jpeg().toBuffer();
    const file = { kind: 'failed file', number: 3, page: null, reason: 'file 3, (中).png: file_truncated' } as const;
    const pdf = await pdfOf(
      [
        { type: 'image/jpeg', bytes },
        { type: 'image/jpeg', bytes },
      ],
      [failedPage(1, 'page_timeout'), failedPage(2, 'file_truncated'), file],
    );
    expect((await wordsOfPdf(pdf)).map((words) => words.join(' '))).toEqual([
      '',
      'Not read: page 2: file_truncated',
      'Not read: file 3, (?).png: file_truncated',
    ]);
    expect(pdf.toString('latin1')).toMatch(/\/Subtype\/Text\/Rect/);
    expectAlike(fieldsOf(await drawn(pdf)), fieldsOf(await seen(bytes)));
  });

  test('controls and halves of characters do no harm', async () => {
    const line = lineAt({ text: 'x', x: 100, y: 100 });
    const page = pageOf([[{ ...line, words: [{ ...line.words[0]!, text: HOSTILE }] }]]);
    const [words = []] = await wordsOfPdf(
      await pdfOf([{ type: 'image/jpeg', bytes: await blank(page) }], [leaf(1, page)]),
    );
    expect(words.join('')).toMatch(/^a&b<c>"d"'e'\]\]>-->&amp;.*中文😀$/);
  });
});

test('kinds that a PDF cannot hold as they came are refused with their name', async () => {
  const webp = await picture().webp().toBuffer();
  await expect(readImageHead('image/webp', inPieces(webp))).rejects.toMatchObject({ code: 'not_acceptable' });
  const interlaced = await picture().png({ progressive: true }).toBuffer();
  await expect(readImageHead('image/png', inPieces(interlaced))).rejects.toMatchObject({ code: 'not_acceptable' });
});

test('headers that end early or are none have no head, and cost no more than their bytes', async () => {
  const [jpeg, png] = [await picture().jpeg().toBuffer(), await picture().png().toBuffer()];
  for (const length of [0, 1, 2, 3, 5, 12, 20]) {
    expect(await readImageHead('image/jpeg', inPieces(jpeg.subarray(0, length)))).toBe(null);
    expect(await readImageHead('image/png', inPieces(png.subarray(0, length)))).toBe(null);
  }
  expect(await readImageHead('image/jpeg', inPieces(png))).toBe(null);
  expect(await readImageHead('image/png', inPieces(jpeg))).toBe(null);
});

test('a PNG that ends before its pixels do breaks the PDF off', async () => {
  const bytes = await picture(300, 300, 0.5).png().toBuffer();
  const cut = [{ type: 'image/png' as const, bytes: bytes.subarray(0, bytes.length - 40) }];
  await expect(pdfOf(cut, [leaf(1, pageOf([]))])).rejects.toThrow();
});
