import { createHash } from 'node:crypto';
import { AppError } from '@docusnap/contracts';
import type { Pdfium } from './pdfium.ts';

/** FPDF_GetLastError (fpdfview.h). */
const PASSWORD = 4;
const SECURITY = 5;

/** A PDF that is open in one instance of PDFium, until that is dropped. */
export interface PdfDocument {
  readonly pdfium: Pdfium;
  readonly handle: number;
  readonly pages: number;
  /** Of the file, in hexadecimal: 0.6 ms a MB. */
  readonly sha256: string;
  /** Names of fonts whose letters were found to be what the text layer says. */
  readonly trustedFonts: Set<string>;
  close(): void;
}

/**
 * Opens a document; PDFium rebuilds damaged cross-reference tables itself. The bytes are copied, so the caller need not keep them.
 *
 * @throws AppError `password_needed`, `password_wrong`, `file_undecodable`
 */
export function openDocument(pdfium: Pdfium, bytes: Uint8Array, password: string | undefined): PdfDocument {
  const buffer = pdfium._malloc(bytes.length);
  if (buffer === 0) throw new AppError('page_too_complex');
  pdfium.HEAPU8.set(bytes, buffer);
  const handle = load(pdfium, buffer, bytes.length, password);
  if (handle === 0) {
    const reason = pdfium._FPDF_GetLastError();
    pdfium._free(buffer);
    throw refusal(reason, bytes, password);
  }
  const close = () => {
    pdfium._FPDF_CloseDocument(handle);
    pdfium._free(buffer);
  };
  const pages = pdfium._FPDF_GetPageCount(handle);
  if (pages < 1) {
    close();
    throw new AppError('file_undecodable', 'It has no pages.');
  }
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { pdfium, handle, pages, sha256, trustedFonts: new Set(), close };
}

/** Older encryption takes a password's bytes as Latin-1, newer as UTF-8. */
function load(pdfium: Pdfium, buffer: number, size: number, password: string | undefined): number {
  if (password === undefined) return pdfium._FPDF_LoadMemDocument(buffer, size, 0);
  for (const encoding of ['utf8', 'latin1'] as const) {
    const text = Buffer.from(`${password}\0`, encoding);
    const pointer = pdfium._malloc(text.length);
    pdfium.HEAPU8.set(text, pointer);
    const handle = pdfium._FPDF_LoadMemDocument(buffer, size, pointer);
    pdfium.HEAPU8.fill(0, pointer, pointer + text.length);
    pdfium._free(pointer);
    if (handle !== 0) return handle;
  }
  return 0;
}

function refusal(reason: number, bytes: Uint8Array, password: string | undefined): AppError {
  if (reason === PASSWORD) return new AppError(password === undefined ? 'password_needed' : 'password_wrong');
  if (reason === SECURITY) return new AppError('file_undecodable', 'Its kind of encryption is not known.');
  const tail = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).subarray(-TAIL_BYTES);
  return new AppError(tail.includes('%%EOF') ? 'file_undecodable' : 'file_truncated');
}

/** The end mark of a whole PDF lies within so many bytes of its end, junk behind it included (as Acrobat takes it). */
const TAIL_BYTES = 2_048;
