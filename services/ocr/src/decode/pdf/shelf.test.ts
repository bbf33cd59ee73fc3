import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { createDeflate, deflateSync } from 'node:zlib';
import { inMemory, type RandomAccess } from '@docusnap/blobs';
import { AppError } from '@docusnap/contracts';
import { makePdf, type PdfPicture } from '@docusnap/testing';
import { expect, test } from '@jest/globals';
import type { PdfDocument } from './document.ts';
import { renderPdfPage } from './read-pdf-page.ts';
import { openPdfShelf, type PdfSource } from './shelf.ts';

const PAGE = { width: 300, height: 200, texts: [{ text: 'A page', x: 20, y: 100, size: 12 }] };
const pagesOf = async ({ pages }: { pages: number }) => pages;

function source(key: string, bytes: Buffer, password?: string): PdfSource & { opened(): number; restless(): number } {
  let opened = 0;
  let awake = 0;
  return {
    key,
    password,
    open: async () => {
      opened += 1;
      let reading = false;
      const { length, read } = inMemory(bytes);
      const file: RandomAccess = {
        length,
        read(position, target) {
          if (!reading) awake += 1;
          reading = true;
          return read(position, target);
        },
        rest() {
          if (reading) awake -= 1;
          reading = false;
        },
      };
      return file;
    },
    opened: () => opened,
    restless: () => awake,
  };
}

test('a document stays open for its next page, and makes room for another', async () => {
  const shelf = openPdfShelf();
  const [one, two] = [source('one', makePdf([PAGE])), source('two', makePdf([PAGE, PAGE, PAGE]))];
  for (let i = 0; i < 3; i += 1) expect(await shelf.use(one, pagesOf)).toBe(1);
  expect(one.opened()).toBe(1);
  expect(await shelf.use(two, pagesOf)).toBe(3);
  expect(await shelf.use(one, pagesOf)).toBe(1);
  expect([one.opened(), two.opened()]).toEqual([2, 1]);
  expect([one.restless(), two.restless()]).toEqual([0, 0]);
});

test('what was opened with a password is not lent without it', async () => {
  const shelf = openPdfShelf();
  const bytes = makePdf([PAGE], { password: 'open sesame' });
  expect(await shelf.use(source('locked', bytes, 'open sesame'), pagesOf)).toBe(1);
  await expect(shelf.use(source('locked', bytes), pagesOf)).rejects.toMatchObject({ code: 'password_needed' });
});

test('after PDFium broke on a page the caller hears that the page cannot be decoded, and the next page gets a fresh PDFium', async () => {
  const shelf = openPdfShelf();
  const file = source('file', makePdf([PAGE]));
  const broken = shelf.use(file, async () => {
    throw new WebAssembly.RuntimeError('unreachable');
  });
  await expect(broken).rejects.toMatchObject({ code: 'file_undecodable' });
  expect(await shelf.use(file, (document) => renderPdfPage(document, 0, { maxPixels: 1_000_000 }))).toMatchObject({
    channels: 1,
  });
  expect(file.opened()).toBe(2);
});

test('a document that breaks PDFium when it is put away does no harm to the next one', async () => {
  const shelf = openPdfShelf();
  await shelf.use(source('first', makePdf([PAGE])), async (document) => {
    document.close = () => {
      throw new WebAssembly.RuntimeError('memory access out of bounds');
    };
  });
  expect(await shelf.use(source('next', makePdf([PAGE, PAGE])), pagesOf)).toBe(2);
});

test('a document that breaks PDFium when what was parsed of it is forgotten is opened anew, and no page hears of it', async () => {
  const shelf = openPdfShelf();
  const file = source('file', makePdf([PAGE]));
  const broken = new Set<PdfDocument>();
  let reopened = 0;
  for (let use = 0; use < 40; use += 1) {
    const pages = await shelf.use(file, async (document) => {
      if (broken.has(document)) return document.pages;
      broken.add(document);
      const { reopen } = document;
      document.reopen = () => {
        reopened += 1;
        reopen();
        throw new WebAssembly.RuntimeError('memory access out of bounds');
      };
      return document.pages;
    });
    expect(pages).toBe(1);
  }
  expect([reopened, file.opened(), file.restless()]).toEqual([2, 3, 0]);
});

test('a file that cannot be read any more ends as what its store says, and is opened anew for the next page', async () => {
  const shelf = openPdfShelf();
  const whole = inMemory(makePdf([PAGE]));
  const stored = [whole];
  const file: RandomAccess = {
    length: whole.length,
    read(position, target) {
      const [there] = stored;
      if (!there) throw new AppError('blob_missing');
      return there.read(position, target);
    },
    rest: () => undefined,
  };
  const erased = { key: 'file', password: undefined, open: async () => file };
  const draw = (document: PdfDocument) => renderPdfPage(document, 0, { maxPixels: 1_000_000 });
  expect(await shelf.use(erased, pagesOf)).toBe(1);
  stored.pop();
  await expect(shelf.use(erased, draw)).rejects.toMatchObject({ code: 'blob_missing' });
  await expect(shelf.use(erased, draw)).rejects.toMatchObject({ code: 'blob_missing' });
  stored.push(whole);
  expect(await shelf.use(erased, draw)).toMatchObject({ channels: 1 });
});

test('no more of a long document is held than its last pages', async () => {
  const side = 1_024;
  const picture = { width: side, height: side, filter: 'FlateDecode', colours: 'DeviceGray' } as const;
  const pictures: PdfPicture[] = [{ ...picture, bytes: deflateSync(randomBytes(side * side)) }];
  const bytes = makePdf(Array.from({ length: 64 }, () => ({ ...PAGE, pictures })));
  const file = source('long', bytes);
  const shelf = openPdfShelf();
  let most = 0;
  for (let page = 0; page < 64; page += 1) {
    await shelf.use(file, async (document) => {
      await renderPdfPage(document, page, { maxPixels: 1_000_000 });
      most = Math.max(most, document.pdfium.HEAPU8.length);
    });
  }
  expect(file.opened()).toBe(1);
  expect(bytes.length).toBeGreaterThan(64 * side * side);
  expect(most).toBeLessThan(48 * side * side);
});

test('an error of our own is passed on as it is', async () => {
  const failure = new TypeError('ours');
  const used = openPdfShelf().use(source('file', makePdf([PAGE])), async () => {
    throw failure;
  });
  await expect(used).rejects.toBe(failure);
});

test('a picture that unfolds to hundreds of megabytes is rendered in a part of that memory', async () => {
  const side = 9_000;
  const bytes = await zeros(side * side * 3);
  expect(bytes.length).toBeLessThan(3_000_000);
  const bomb: PdfPicture = { bytes, width: side, height: side, filter: 'FlateDecode', colours: 'DeviceRGB' };
  const file = source('bomb', makePdf([{ ...PAGE, pictures: [bomb] }]));
  await openPdfShelf().use(file, async (document) => {
    const raster = await renderPdfPage(document, 0, { maxPixels: 100_000_000 });
    expect(raster.data[raster.data.length >> 1]).toBe(0);
    expect(document.pdfium.HEAPU8.length).toBeLessThan(100_000_000);
  });
});

test('a page that asks for more memory than it may have ends as an error, and the next gets a fresh PDFium', async () => {
  const shelf = openPdfShelf();
  const file = source('file', makePdf([PAGE]));
  const greedy = shelf.use(file, async ({ pdfium }) => pdfium._malloc(600 * 1024 * 1024));
  await expect(greedy).rejects.toMatchObject({ code: 'page_too_complex' });
  expect(await shelf.use(file, pagesOf)).toBe(1);
  expect(file.opened()).toBe(2);
});

/** So many bytes of 0, compressed. */
function zeros(count: number): Promise<Buffer> {
  const MIB = 1024 * 1024;
  const piece = Buffer.alloc(MIB);
  const pieces = Array.from({ length: Math.ceil(count / MIB) }, () => piece);
  return buffer(Readable.from(pieces).pipe(createDeflate({ level: 1 })));
}

test.each([
  ['no PDF at all', Buffer.from('Dear Sir or Madam'), 'file_truncated'],
  ['half of one', makePdf([PAGE]).subarray(0, 300), 'file_truncated'],
  [
    'one whose objects are damaged',
    Buffer.from(makePdf([PAGE]).toString('latin1').replace(/Pages/g, 'Paged'), 'latin1'),
    'file_undecodable',
  ],
])('%s is refused', async (_, bytes, code) => {
  await expect(openPdfShelf().use(source('bad', bytes), pagesOf)).rejects.toMatchObject({ code });
});
