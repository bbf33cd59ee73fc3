import { AppError } from '@docusnap/contracts';
import type { PdfDocument } from './document.ts';
import type { Pdfium } from './pdfium.ts';
import { floatsAt, withScratch } from './scratch.ts';

/** Flatten for the screen (fpdf_flatten.h). */
const NORMAL_DISPLAY = 0;

/** A rectangle in points or pixels of the upright page: x to the right, y down. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** x' = a x + c y + e, y' = b x + d y + f. */
export type Matrix = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

/** A loaded page of a PDF. All measures are points (1/72 inch) of the upright page: cropped, its own rotation applied, origin top left. */
export interface PdfPage {
  readonly pdfium: Pdfium;
  readonly handle: number;
  readonly width: number;
  readonly height: number;
  /** From the page's user space, whose y goes up and which knows neither crop nor rotation. */
  readonly upright: Matrix;
}

/**
 * Loads a page for as long as `work` takes. Annotations that are shown (stamps, notes, what was filled into forms) become part of its
 * content first, so that they are in its text and its pixels alike.
 *
 * @throws AppError `file_undecodable`
 */
export async function withPage<T>(
  document: PdfDocument,
  index: number,
  work: (page: PdfPage) => Promise<T>,
): Promise<T> {
  const { pdfium } = document;
  let handle = load(document, index);
  try {
    if (pdfium._FPDFPage_GetAnnotCount(handle) > 0 && pdfium._FPDFPage_Flatten(handle, NORMAL_DISPLAY) === FLATTENED) {
      pdfium._FPDF_ClosePage(handle);
      handle = load(document, index);
    }
    return await work(measure(pdfium, handle));
  } finally {
    pdfium._FPDF_ClosePage(handle);
  }
}
const FLATTENED = 1;

function load({ pdfium, handle, pages }: PdfDocument, index: number): number {
  const page = index < pages ? pdfium._FPDF_LoadPage(handle, index) : 0;
  if (page === 0) throw new AppError('file_undecodable', 'The PDF does not hold this page.');
  return page;
}

function measure(pdfium: Pdfium, handle: number): PdfPage {
  const width = pdfium._FPDF_GetPageWidthF(handle);
  const height = pdfium._FPDF_GetPageHeightF(handle);
  if (!(width > 0 && height > 0)) throw new AppError('file_undecodable', 'The page has no size.');
  const [left = 0, top = 0, right = 0, bottom = 0] = withScratch(pdfium, (box) => {
    pdfium._FPDF_GetPageBoundingBox(handle, box);
    return floatsAt(pdfium, box, 4);
  });
  const rotation = pdfium._FPDFPage_GetRotation(handle);
  return { pdfium, handle, width, height, upright: uprightBy(rotation, { left, top, right, bottom }) };
}

/** @param quarters clockwise, as /Rotate has it */
function uprightBy(quarters: number, { left, top, right, bottom }: Box): Matrix {
  switch (quarters) {
    case 1:
      return [0, 1, 1, 0, -bottom, -left];
    case 2:
      return [-1, 0, 0, 1, right, -bottom];
    case 3:
      return [0, -1, -1, 0, top, right];
    default:
      return [1, 0, 0, -1, -left, top];
  }
}

/** First `inner`, then `outer`. */
export function chained(outer: Matrix, inner: Matrix): Matrix {
  const [a, b, c, d, e, f] = outer;
  const [k, l, m, n, o, p] = inner;
  return [a * k + c * l, b * k + d * l, a * m + c * n, b * m + d * n, a * o + c * p + e, b * o + d * p + f];
}

export function mapped([a, b, c, d, e, f]: Matrix, x: number, y: number): [number, number] {
  return [a * x + c * y + e, b * x + d * y + f];
}

/** The upright box around a box of the other space, whose corners may be given in any order. */
export function mappedBox(matrix: Matrix, left: number, bottom: number, right: number, top: number): Box {
  const corners = [
    mapped(matrix, left, bottom),
    mapped(matrix, right, bottom),
    mapped(matrix, right, top),
    mapped(matrix, left, top),
  ];
  const [xs, ys] = [corners.map(([x]) => x), corners.map(([, y]) => y)];
  return { left: Math.min(...xs), top: Math.min(...ys), right: Math.max(...xs), bottom: Math.max(...ys) };
}
