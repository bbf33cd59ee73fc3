import type { Character } from './characters.ts';
import type { PdfPage } from './page.ts';
import type { PageObjects, Picture } from './pictures.ts';

/** Points in an inch: a PDF's measure. */
export const POINTS = 72;
/** Pixels of the height of small print, so that it is read well; the recogniser sees lines at 48. */
const PRINT_PIXELS = 24;
/** The part of the letters that may be smaller than what the resolution is chosen for. */
const SMALLEST_PART = 0.05;
/** A page's resolution lies between these, in pixels an inch; a large sheet is looked at from further away. */
const DPI = { least: 150, leastOfSheet: 72, most: 400, usual: 200 };
/** From this length on, in inches (A2 is 23.4), a page is a sheet: a plan or a poster. */
const SHEET_INCHES = 23;
/** The longer side of a sheet that says nothing of its resolution. */
const SHEET_PIXELS = 4_000;
/** Pixels rendered at most, three bytes each, once in PDFium and once beside it: an A3 page at 400 dpi has 31 million. */
const MOST_PIXELS = 40_000_000;
/** A side no decoder or model is surprised by. */
const MOST_SIDE = 20_000;
/** A picture speaks for the page's resolution from this part of its area on. */
const SPEAKING_PART = 0.1;

/** Pixels for a point, such that the page shows what it holds and no more: scans as they were scanned, small print large enough. */
export function scaleOf(
  page: PdfPage,
  characters: readonly Character[],
  objects: PageObjects,
  { maxPixels }: { maxPixels: number },
): number {
  const dpi = dpiOf(page, characters, objects);
  const area = page.width * page.height;
  const longer = Math.max(page.width, page.height);
  return Math.min(dpi / POINTS, Math.sqrt(Math.min(maxPixels, MOST_PIXELS) / area), MOST_SIDE / longer);
}

/** Whole pixels of a page; never more than were meant, never none. */
export function pixelsOf({ width, height }: PdfPage, scale: number): { width: number; height: number } {
  return { width: Math.max(1, Math.floor(width * scale)), height: Math.max(1, Math.floor(height * scale)) };
}

function dpiOf(page: PdfPage, characters: readonly Character[], { pictures, hasDrawings }: PageObjects): number {
  const sizes = characters.filter(({ visible }) => visible).map(({ size }) => size);
  const scanned = pictures.filter((picture) => areaOf(picture) >= SPEAKING_PART * page.width * page.height);
  const wanted = scanned.map(pictureDpi);
  if (sizes.length > 0 || hasDrawings || scanned.length === 0) wanted.push(printDpi(page, sizes));
  return Math.max(...wanted);
}

/** That of the picture; halved where it is finer than reading needs, so that pixels fall on pixels. */
export function pictureDpi({ dpi }: Picture): number {
  let own = dpi;
  while (own > DPI.most) own /= 2;
  return own;
}

function printDpi({ width, height }: PdfPage, sizes: readonly number[]): number {
  const inches = Math.max(width, height) / POINTS;
  const isSheet = inches > SHEET_INCHES;
  const small = [...sizes].sort((a, b) => a - b)[Math.floor(sizes.length * SMALLEST_PART)];
  if (small === undefined) return isSheet ? SHEET_PIXELS / inches : DPI.usual;
  return Math.min(DPI.most, Math.max(isSheet ? DPI.leastOfSheet : DPI.least, (PRINT_PIXELS * POINTS) / small));
}

function areaOf({ left, top, right, bottom }: Picture): number {
  return (right - left) * (bottom - top);
}
