import type { Pdfium } from './pdfium.ts';

/** Bytes lent at a time: the largest out-parameter is a matrix of six floats, or two doubles four times. */
const SCRATCH_BYTES = 64;

/** Lends PDFium a piece of its memory for the values it gives back through pointers. */
export function withScratch<T>(pdfium: Pdfium, work: (pointer: number) => T): T {
  const pointer = pdfium._malloc(SCRATCH_BYTES);
  try {
    return work(pointer);
  } finally {
    pdfium._free(pointer);
  }
}

/** Floats at a pointer; read at once, since PDFium's memory moves when it grows. */
export function floatsAt({ HEAPF32 }: Pdfium, pointer: number, count: number): number[] {
  return Array.from(HEAPF32.subarray(pointer >> 2, (pointer >> 2) + count));
}

export function doublesAt({ HEAPF64 }: Pdfium, pointer: number, count: number): number[] {
  return Array.from(HEAPF64.subarray(pointer >> 3, (pointer >> 3) + count));
}
