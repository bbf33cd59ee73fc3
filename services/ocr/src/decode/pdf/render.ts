import { AppError } from '@docusnap/contracts';
import type { Raster } from '@docusnap/engine';
import type { PdfPage } from './page.ts';

/** Three bytes a pixel (fpdfview.h). */
const BGR = 2;
const WHITE = 0xffffffff;
/** Red first, and no more than a page's own pictures kept decoded. */
const REVERSE_BYTE_ORDER = 0x10;
const LIMITED_IMAGE_CACHE = 0x200;

/** A part of a page in pixels, at so many pixels a point. */
export interface Clip {
  readonly scale: number;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Renders a part of a page on white; a page without colour gives one channel. @throws AppError `page_too_complex` */
export function render({ pdfium, handle, width, height }: PdfPage, clip: Clip): Raster {
  const bitmap = pdfium._FPDFBitmap_CreateEx(clip.width, clip.height, BGR, 0, 0);
  if (bitmap === 0) throw new AppError('page_too_complex');
  try {
    pdfium._FPDFBitmap_FillRect(bitmap, 0, 0, clip.width, clip.height, WHITE);
    const whole = [Math.round(width * clip.scale), Math.round(height * clip.scale)] as const;
    const flags = REVERSE_BYTE_ORDER | LIMITED_IMAGE_CACHE;
    pdfium._FPDF_RenderPageBitmap(
      bitmap,
      handle,
      -clip.left,
      -clip.top,
      Math.max(1, whole[0]),
      Math.max(1, whole[1]),
      0,
      flags,
    );
    const start = pdfium._FPDFBitmap_GetBuffer(bitmap);
    const stride = pdfium._FPDFBitmap_GetStride(bitmap);
    return rasterOf(pdfium.HEAPU8.subarray(start, start + stride * clip.height), stride, clip);
  } finally {
    pdfium._FPDFBitmap_Destroy(bitmap);
  }
}

function rasterOf(pixels: Uint8Array, stride: number, { width, height }: Clip): Raster {
  const channels = isGrey(pixels, stride, width, height) ? 1 : 3;
  const data = new Uint8Array(width * height * channels);
  for (let y = 0; y < height; y += 1) {
    const row = pixels.subarray(y * stride, y * stride + width * 3);
    if (channels === 3) data.set(row, y * width * 3);
    else for (let x = 0, at = y * width; x < width; x += 1) data[at + x] = row[x * 3]!;
  }
  return { width, height, channels, data };
}

function isGrey(pixels: Uint8Array, stride: number, width: number, height: number): boolean {
  for (let y = 0; y < height; y += 1) {
    for (let at = y * stride, end = at + width * 3; at < end; at += 3) {
      const level = pixels[at];
      if (level !== pixels[at + 1] || level !== pixels[at + 2]) return false;
    }
  }
  return true;
}
