import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { createDeflate } from 'node:zlib';
import { makePdf, type PdfPicture } from '@docusnap/testing';
import { expect, test } from '@jest/globals';
import { renderPdfPage } from './read-pdf-page.ts';
import { openPdfShelf, type PdfSource } from './shelf.ts';

const PAGE = { width: 300, height: 200, texts: [{ text: 'A page', x: 20, y: 100, size: 12 }] };
const pagesOf = async ({ pages }: { pages: number }) => pages;

function source(key: string, bytes: Buffer, password?: string): PdfSource & { fetched(): number } {
  let fetched = 0;
  return {
    key,
    password,
    fetch: async () => {
      fetched += 1;
      return bytes;
    },
    fetched: () => fetched,
  };
}

test('a document stays open for its next page, and makes room for another', async () => {
  const shelf = openPdfShelf();
  const [one, two] = [source('one', makePdf([PAGE])), source('two', makePdf([PAGE, PAGE, PAGE]))];
  for (let i = 0; i < 3; i += 1) expect(await shelf.use(one, pagesOf)).toBe(1);
  expect(one.fetched()).toBe(1);
  expect(await shelf.use(two, pagesOf)).toBe(3);
  expect(await shelf.use(one, pagesOf)).toBe(1);
  expect([one.fetched(), two.fetched()]).toEqual([2, 1]);
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
  expect(file.fetched()).toBe(2);
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
  expect(file.fetched()).toBe(2);
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
