import { inMemory } from '@docusnap/blobs';
import { linesOf, type PageText } from '@docusnap/contracts';
import { type Models, type Raster, readPage } from '@docusnap/engine';
import { drawPage, makePdf, type PdfOptions, type PdfPage, type PdfPicture } from '@docusnap/testing';
import { beforeAll, expect, test } from '@jest/globals';
import sharp from 'sharp';
import { loadModels } from '../../models/load.ts';
import { boxAround } from './boxes.ts';
import { type PdfPageOptions, readPdfPage, renderPdfPage } from './read-pdf-page.ts';
import { openPdfShelf } from './shelf.ts';

const A5 = { width: 420, height: 595 };
const PROSE = [
  'The committee met on the third of May and heard',
  'two reports: one on the repair of the old bridge,',
  'and one on the cost of coal for the coming winter.',
  'Both were taken without a vote, as is the custom.',
];
const prose = (more: object = {}) => PROSE.map((text, i) => ({ text, x: 40, y: 500 - i * 20, size: 12, ...more }));
const shelf = openPdfShelf();
let models: Models;
let key = 0;

beforeAll(async () => {
  ({ models } = await loadModels());
});

interface Reading {
  readonly page: PageText;
  /** What was read from pixels. */
  readonly rasters: Raster[];
}

async function read(
  pages: readonly PdfPage[],
  options: Partial<PdfPageOptions> & PdfOptions & { give?: string } = {},
): Promise<Reading> {
  const { give, text = 'auto', maxPixels = 100_000_000, ...drawing } = options;
  const rasters: Raster[] = [];
  const source = { key: `${++key}`, password: give, open: async () => inMemory(makePdf(pages, drawing)) };
  const page = await shelf.use(source, (document) =>
    readPdfPage(document, 0, { text, maxPixels }, (raster) => {
      rasters.push(raster);
      return readPage(models, raster);
    }),
  );
  return { page, rasters };
}

function render(page: PdfPage): Promise<Raster> {
  const source = { key: `${++key}`, password: undefined, open: async () => inMemory(makePdf([page])) };
  return shelf.use(source, (document) => renderPdfPage(document, 0, { maxPixels: 100_000_000 }));
}

/** Its lines; which of them make a paragraph is tested elsewhere. */
function textOf(page: PageText): string {
  return linesOf(page)
    .map(({ text }) => text)
    .join('\n');
}

/** A scan of the prose, or of other lines, with its place on the page. */
async function scan(lines = PROSE, at?: PdfPicture['at']): Promise<PdfPicture> {
  const [width, height] = [1240, 160 + lines.length * 70];
  const drawing = {
    width,
    height,
    lines: lines.map((text, i) => ({ text, x: 60, y: 120 + i * 70, size: 44 })),
    blur: 0.6,
    noise: 4,
  };
  const bytes = await drawPage({ ...drawing, format: 'jpeg', quality: 85 });
  return { bytes, width, height, filter: 'DCTDecode', colours: 'DeviceGray', ...(at ? { at } : {}) };
}

/** Part of the dark pixels of a page that lie within its words. */
function inkWithin(page: PageText, raster: Raster): number {
  const words = linesOf(page).flatMap((line) => line.words.map(({ quad }) => boxAround([quad])));
  let [inside, all] = [0, 0];
  for (let y = 0; y < raster.height; y += 1) {
    for (let x = 0; x < raster.width; x += 1) {
      if (raster.data[(y * raster.width + x) * raster.channels]! > 100) continue;
      all += 1;
      if (words.some((word) => x >= word.left - 1 && x <= word.right + 1 && y >= word.top - 1 && y <= word.bottom + 1))
        inside += 1;
    }
  }
  expect(all).toBeGreaterThan(100);
  return inside / all;
}

test('a born-digital page is taken from its text layer, word by word, with full confidence', async () => {
  const { page } = await read([{ ...A5, texts: prose() }]);
  expect(page).toMatchObject({ source: 'text-layer', models: null });
  expect(textOf(page)).toBe(PROSE.join('\n'));
  expect(linesOf(page)[0]!.words.map(({ text }) => text)).toEqual(PROSE[0]!.split(' '));
  expect(linesOf(page).every(({ confidence }) => confidence === 1)).toBe(true);
});

const PLACES: readonly [string, Partial<PdfPage>][] = [
  ['upright', {}],
  ['turned by 90 degrees', { rotate: 90 }],
  ['turned by 180 degrees', { rotate: 180 }],
  ['turned by 270 degrees', { rotate: 270 }],
  ['cropped', { crop: [30, 400, 400, 560] }],
  ['cropped and turned', { crop: [30, 400, 400, 560], rotate: 90 }],
];

test.each(PLACES)('the words of a page that is %s lie where its ink is', async (_, more) => {
  const drawn = { ...A5, ...more, texts: prose() };
  const { page } = await read([drawn], { text: 'only' });
  const raster = await render(drawn);
  expect([raster.width, raster.height]).toEqual([page.width, page.height]);
  expect(page.width > page.height).toBe(more.crop ? more.rotate !== 90 : more.rotate === 90 || more.rotate === 270);
  expect(textOf(page)).toBe(PROSE.join('\n'));
  expect(inkWithin(page, raster)).toBeGreaterThan(0.99);
});

test('print that stands upright in the margin is a line of its own, read along its direction', async () => {
  const texts = [...prose(), { text: 'Filed in the archive', x: 25, y: 300, size: 10, turn: 90 }];
  const { page } = await read([{ ...A5, texts }], { text: 'only' });
  const line = linesOf(page).find(({ text }) => text === 'Filed in the archive');
  const [[x0, y0], [x1, y1]] = line!.quad;
  expect(Math.abs(x1 - x0)).toBeLessThan(1);
  expect(y0 - y1).toBeGreaterThan(100);
});

test('letters that are written in any order are put together by where they stand', async () => {
  const texts = [
    { text: 'second line', x: 40, y: 400, size: 12 },
    { text: 'line', x: 67, y: 430, size: 12 },
    { text: 'first', x: 40, y: 430, size: 12 },
    { text: 'bold', x: 40, y: 370, size: 12 },
    { text: 'bold', x: 40.5, y: 370, size: 12 },
  ];
  expect(textOf((await read([{ ...A5, texts }], { text: 'only' })).page)).toBe('first line\nsecond line\nbold');
});

test('a mark of a footnote stands behind its number, and is no digit of it, whenever it was written', async () => {
  const texts = [
    { text: '1', x: 40 + 4 * 6.67, y: 504, size: 7 },
    { text: '8935', x: 40, y: 500, size: 12 },
    { text: 'inhabitants', x: 80, y: 500, size: 12 },
    { text: 'x', x: 40, y: 460, size: 12 },
    { text: '2', x: 46, y: 464, size: 7 },
  ];
  const { page } = await read([{ ...A5, texts }], { text: 'only' });
  expect(textOf(page)).toBe('8935 1 inhabitants\nx2');
});

test('a scanned page is read from its pixels, at the resolution it was scanned with', async () => {
  const picture = await scan();
  const { page, rasters } = await read([
    { width: 446.4, height: (picture.height / 1240) * 446.4, pictures: [picture] },
  ]);
  expect(page.source).toBe('ocr');
  expect(rasters.map(({ width, height, channels }) => [width, height, channels])).toEqual([[1240, picture.height, 1]]);
  expect(textOf(page)).toBe(PROSE.join('\n'));
});

test('a digital page with a scanned picture gets both, each line once', async () => {
  const stamp = await scan(['RECEIVED IN THE OFFICE', 'on Tuesday, with thanks'], [40, 150, 300, 73]);
  const { page } = await read([{ ...A5, texts: prose(), pictures: [stamp] }]);
  expect(page.source).toBe('mixed');
  expect(page.models).not.toBeNull();
  expect(linesOf(page).map(({ text }) => text)).toEqual([
    ...PROSE,
    'RECEIVED IN THE OFFICE',
    'on Tuesday, with thanks',
  ]);
  const seen = boxAround([linesOf(page)[4]!.quad]);
  const scale = page.width / A5.width;
  expect(seen.left / scale).toBeGreaterThan(45);
  expect(seen.right / scale).toBeLessThan(340);
  expect(595 - seen.top / scale).toBeLessThan(223);
  expect(595 - seen.bottom / scale).toBeGreaterThan(150);
});

test('print on top of a picture is not read a second time', async () => {
  const paper = await sharp({ create: { width: 840, height: 1190, channels: 3, background: '#f4efe0' } })
    .jpeg()
    .toBuffer();
  const picture: PdfPicture = { bytes: paper, width: 840, height: 1190, filter: 'DCTDecode', colours: 'DeviceRGB' };
  const { page } = await read([{ ...A5, texts: prose(), pictures: [picture] }]);
  expect(page.source).toBe('text-layer');
  expect(textOf(page)).toBe(PROSE.join('\n'));
});

test.each([
  ['a wrong alphabet', { misencodedBy: 3 }],
  ['private characters', { misencodedBy: 0xe000 }],
])('a text layer in %s is noticed, and the page is read from its pixels', async (_, more) => {
  const { page } = await read([{ ...A5, texts: prose(more) }]);
  expect(page.source).toBe('ocr');
  expect(textOf(page)).toBe(PROSE.join('\n'));
});

test('invisible text over a scan is taken where it is what the scan shows, and refused where it is not', async () => {
  const picture = await scan();
  const size = { width: 446.4, height: (picture.height / 1240) * 446.4 };
  const layer = (texts: readonly string[]) =>
    texts.map((text, i) => ({ text, x: 21.6, y: size.height - 43 - i * 25.2, size: 15.3, invisible: true }));
  const good = await read([{ ...size, pictures: [picture], texts: layer(PROSE) }]);
  expect([good.page.source, textOf(good.page)]).toEqual(['text-layer', PROSE.join('\n')]);
  const garbled = PROSE.map((text) => text.replace(/[aeo]/g, 'c').replace(/[tn]/g, 'l'));
  const bad = await read([{ ...size, pictures: [picture], texts: layer(garbled) }]);
  expect([bad.page.source, textOf(bad.page)]).toEqual(['ocr', PROSE.join('\n')]);
});

test('options.pdf.text decides: never takes the pixels, only takes the layer whatever it says', async () => {
  const never = await read([{ ...A5, texts: prose() }], { text: 'never' });
  expect([never.page.source, never.rasters.length]).toEqual(['ocr', 1]);
  expect(textOf(never.page)).toBe(PROSE.join('\n'));
  const only = await read([{ ...A5, texts: prose({ misencodedBy: 3 }) }], { text: 'only' });
  expect([only.page.source, only.rasters.length]).toEqual(['text-layer', 0]);
  expect(textOf(only.page)).toMatch(/^Wkh frpplwwhh/);
  const empty = await read([{ ...A5, pictures: [await scan()] }], { text: 'only' });
  expect([empty.page.blocks, empty.rasters.length]).toEqual([[], 0]);
});

test('an empty page is blank, and nothing is read', async () => {
  const { page, rasters } = await read([A5]);
  expect([page.blocks, rasters.length]).toEqual([[], 0]);
});

test('what was filled into a form is part of the page', async () => {
  const { page } = await read([{ ...A5, texts: prose(), field: { text: 'Margarete Lind', x: 40, y: 200, size: 12 } }]);
  expect(linesOf(page).at(-1)!.text).toBe('Margarete Lind');
});

test('an encrypted PDF opens with its password, and says what is wrong without', async () => {
  const pages = [{ ...A5, texts: prose() }];
  expect(textOf((await read(pages, { password: 'blå', give: 'blå' })).page)).toBe(PROSE.join('\n'));
  await expect(read(pages, { password: 'secret' })).rejects.toMatchObject({ code: 'password_needed' });
  await expect(read(pages, { password: 'secret', give: 'other' })).rejects.toMatchObject({ code: 'password_wrong' });
});

test('a PDF without its table of objects is read all the same', async () => {
  expect(textOf((await read([{ ...A5, texts: prose() }], { withoutTable: true })).page)).toBe(PROSE.join('\n'));
});

test('a scan of black and white, compressed as by a fax, is read', async () => {
  const grey = await scan();
  const tiff = await sharp(grey.bytes)
    .greyscale()
    .threshold(140)
    .toColourspace('b-w')
    .tiff({ compression: 'ccittfax4', bitdepth: 1, tile: true, tileWidth: 1248, tileHeight: 448 })
    .toBuffer();
  const bytes = firstTile(tiff);
  const page = { width: 446.4, height: (grey.height / 1240) * 446.4 };
  const picture: PdfPicture = { ...grey, width: 1248, height: 448, bytes, filter: 'CCITTFaxDecode', bits: 1 };
  expect(textOf((await read([{ ...page, pictures: [picture] }])).page)).toBe(PROSE.join('\n'));
});

test('a picture in the four inks of printers keeps its colours', async () => {
  const image = sharp({ create: { width: 200, height: 200, channels: 3, background: '#d02020' } });
  const bytes = await image.toColourspace('cmyk').jpeg({ quality: 95 }).toBuffer();
  const raster = await render({
    width: 200,
    height: 200,
    pictures: [{ bytes, width: 200, height: 200, filter: 'DCTDecode', colours: 'DeviceCMYK' }],
  });
  const middle = (100 * raster.width + 100) * 3;
  const [red, green, blue] = raster.data.subarray(middle, middle + 3);
  expect(red).toBeGreaterThan(170);
  expect(Math.max(green!, blue!)).toBeLessThan(90);
});

/** The bytes of the only tile of a TIFF (little-endian). */
function firstTile(tiff: Buffer): Buffer {
  const directory = tiff.readUInt32LE(4);
  const tagged = (tag: number): number => {
    for (let at = directory + 2; ; at += 12) if (tiff.readUInt16LE(at) === tag) return tiff.readUInt32LE(at + 8);
  };
  const [TILE_OFFSETS, TILE_BYTES] = [324, 325];
  return tiff.subarray(tagged(TILE_OFFSETS), tagged(TILE_OFFSETS) + tagged(TILE_BYTES));
}
