import { makePdf, type PdfPage, seededRandom } from '@docusnap/testing';
import type { PageImage } from './page-images.ts';

const POINTS = 72;
/** Resolution that scans are taken to have, in pixels an inch. */
const SCAN_DPI = 200;
const A4 = { width: 595, height: 842 } as const;
/** Print of a born-digital page, in points. */
const PRINT = { size: 10, leading: 14, left: 60, top: 780, lines: 48 } as const;
const WORDS =
  'the of page account total reference delivery order invoice amount street number due balance paid terms'.split(' ');

/** A PDF whose pages are these images and nothing else. */
export function scannedPdf(images: readonly PageImage[]): Buffer {
  return makePdf(images.map(scannedPage));
}

/** A PDF of text with a text layer; the same count and seed give the same words. */
export function digitalPdf(pages: number, seed: number): Buffer {
  return makePdf(digitalPages(pages, seed));
}

/** A PDF in which every other page is scanned, the first of them digital. */
export function mixedPdf(images: readonly PageImage[], seed: number): Buffer {
  const digital = digitalPages(images.length, seed);
  return makePdf(images.flatMap((image, index) => [digital[index]!, scannedPage(image)]));
}

function scannedPage({ bytes, width, height, colours }: PageImage): PdfPage {
  return {
    width: (width / SCAN_DPI) * POINTS,
    height: (height / SCAN_DPI) * POINTS,
    pictures: [{ bytes, width, height, filter: 'DCTDecode', colours }],
  };
}

function digitalPages(count: number, seed: number): PdfPage[] {
  const random = seededRandom(seed);
  const words = (howMany: number): string =>
    Array.from({ length: howMany }, () => WORDS[Math.floor(random() * WORDS.length)]).join(' ');
  return Array.from({ length: count }, (_, page) => ({
    ...A4,
    texts: Array.from({ length: PRINT.lines }, (_, line) => ({
      text: line === 0 ? `Page ${page + 1}` : words(12),
      x: PRINT.left,
      y: PRINT.top - line * PRINT.leading,
      size: PRINT.size,
    })),
  }));
}
