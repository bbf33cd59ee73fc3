import { type ActualText, openActualTexts } from './actual-text.ts';
import { type Box, chained, type Matrix, mappedBox, type PdfPage } from './page.ts';
import type { Pdfium } from './pdfium.ts';
import { floatsAt, withScratch } from './scratch.ts';

/** Kinds of page objects (fpdfview.h). */
const TEXT = 1;
const IMAGE = 3;
const FORM = 5;

/** Objects looked at on a page. Drawings have hundreds of thousands; pictures hidden behind so many strokes are no scans. */
const MOST_OBJECTS = 20_000;
/** How deep forms (drawings within drawings) are followed. */
const MOST_DEPTH = 8;

/** A picture on a page and where it lies, in points of the upright page. */
export interface Picture extends Box {
  /** Pixels of the picture for an inch of the page, along the denser side. */
  readonly dpi: number;
}

export interface PageObjects {
  readonly pictures: readonly Picture[];
  /** Whether anything is drawn beside pictures and text: lines, fills, letters turned into outlines. */
  readonly hasDrawings: boolean;
  /** What is said in place of glyphs, and PDFium does not tell. */
  readonly actualTexts: readonly ActualText[];
}

export function objectsOf(page: PdfPage): PageObjects {
  const { pdfium } = page;
  const pictures: Picture[] = [];
  const actualTexts = openActualTexts(page);
  let hasDrawings = false;
  let left = MOST_OBJECTS;

  const look = (object: number, matrix: Matrix, depth: number): void => {
    left -= 1;
    const type = pdfium._FPDFPageObj_GetType(object);
    if (type === IMAGE) {
      const picture = pictureOf(page, object, matrix);
      if (picture) pictures.push(picture);
    } else if (type === FORM && depth < MOST_DEPTH) {
      const inner = chained(matrix, matrixOf(pdfium, object));
      const count = pdfium._FPDFFormObj_CountObjects(object);
      for (let i = 0; i < count && left > 0; i += 1) look(pdfium._FPDFFormObj_GetObject(object, i), inner, depth + 1);
    } else if (type === TEXT) actualTexts.note(object, matrix);
    else hasDrawings = true;
  };

  const count = pdfium._FPDFPage_CountObjects(page.handle);
  for (let i = 0; i < count && left > 0; i += 1) look(pdfium._FPDFPage_GetObject(page.handle, i), page.upright, 0);
  return { pictures, hasDrawings, actualTexts: actualTexts.all() };
}

function pictureOf({ pdfium, width, height }: PdfPage, object: number, matrix: Matrix): Picture | undefined {
  return withScratch(pdfium, (at) => {
    if (pdfium._FPDFPageObj_GetBounds(object, at, at + 4, at + 8, at + 12) === 0) return undefined;
    const [l = 0, b = 0, r = 0, t = 0] = floatsAt(pdfium, at, 4);
    const whole = mappedBox(matrix, l, b, r, t);
    const box = clipped(whole, width, height);
    if (box.right <= box.left || box.bottom <= box.top) return undefined;
    if (pdfium._FPDFImageObj_GetImagePixelSize(object, at, at + 4) === 0) return undefined;
    const pixels = [pdfium.HEAPU32[at >> 2]!, pdfium.HEAPU32[(at >> 2) + 1]!].sort((x, y) => x - y);
    const inches = [(whole.right - whole.left) / 72, (whole.bottom - whole.top) / 72].sort((x, y) => x - y);
    // Smaller side with smaller side: the picture may stand turned on the page.
    const dpi = Math.max(pixels[0]! / inches[0]!, pixels[1]! / inches[1]!);
    return Number.isFinite(dpi) && dpi > 0 ? { ...box, dpi } : undefined;
  });
}

function clipped({ left, top, right, bottom }: Box, width: number, height: number): Box {
  return {
    left: Math.max(0, left),
    top: Math.max(0, top),
    right: Math.min(width, right),
    bottom: Math.min(height, bottom),
  };
}

function matrixOf(pdfium: Pdfium, object: number): Matrix {
  return withScratch(pdfium, (at) => {
    pdfium._FPDFPageObj_GetMatrix(object, at);
    const [a = 1, b = 0, c = 0, d = 1, e = 0, f = 0] = floatsAt(pdfium, at, 6);
    return [a, b, c, d, e, f];
  });
}
