import { deflateSync } from 'node:zlib';
import { makePdf, makeTiff, type PdfPage, seededRandom } from '@docusnap/testing';
import sharp from 'sharp';

/** A file that jobs are made of. */
export interface Sheet {
  readonly name: string;
  readonly bytes: Buffer;
  readonly pages: number;
}

const SIZE = { width: 160, height: 120 } as const;
/** Points of a page that shows such a picture at 200 dots an inch. */
const POINTS = { width: 57.6, height: 43.2 } as const;
const A4 = { width: 595, height: 842 } as const;
const WORDS = 'account balance delivery invoice number order paid reference street terms total value'.split(' ');
const IMAGES = 8;
const TIFF_PAGES = [2, 3, 5, 8, 12];
const PDF_PAGES = [2, 4, 7];

/** One-page images, TIFFs and PDFs (scanned and with a text layer) of several pages; the same seed gives the same. No two pages are alike. */
export async function drawSheets(seed: number): Promise<Sheet[]> {
  const random = seededRandom(seed);
  const pixels = (): Buffer =>
    Buffer.from(Uint8Array.from({ length: SIZE.width * SIZE.height }, () => Math.floor(random() * 256)));
  const png = (): Promise<Buffer> =>
    sharp(pixels(), { raw: { ...SIZE, channels: 1 } })
      .png()
      .toBuffer();
  const tiff = (count: number): Buffer =>
    makeTiff(Array.from({ length: count }, () => ({ ...SIZE, pixels: pixels() })));
  const scanned = (): PdfPage => ({
    ...POINTS,
    pictures: [{ ...SIZE, bytes: deflateSync(pixels()), filter: 'FlateDecode', colours: 'DeviceGray' }],
  });
  const digital = (): PdfPage => ({
    ...A4,
    texts: Array.from({ length: 12 }, (_, line) => ({
      text: Array.from({ length: 9 }, () => WORDS[Math.floor(random() * WORDS.length)]).join(' '),
      x: 60,
      y: 780 - line * 14,
      size: 10,
    })),
  });
  const pdf = (count: number, draw: () => PdfPage): Buffer => makePdf(Array.from({ length: count }, draw));

  const sheets: Sheet[] = [];
  for (let index = 0; index < IMAGES; index += 1)
    sheets.push({ name: `image-${index}.png`, bytes: await png(), pages: 1 });
  for (const pages of TIFF_PAGES) sheets.push({ name: `scan-${pages}.tiff`, bytes: tiff(pages), pages });
  for (const pages of PDF_PAGES) {
    sheets.push({ name: `scanned-${pages}.pdf`, bytes: pdf(pages, scanned), pages });
    sheets.push({ name: `digital-${pages}.pdf`, bytes: pdf(pages, digital), pages });
  }
  return sheets;
}
