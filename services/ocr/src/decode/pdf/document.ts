import { createHash } from 'node:crypto';
import type { RandomAccess } from '@docusnap/blobs';
import { AppError } from '@docusnap/contracts';
import { DOCUMENT_PATH } from './file-calls.ts';
import type { Pdfium, PdfiumInstance } from './pdfium.ts';

/** FPDF_GetLastError (fpdfview.h). */
const PASSWORD = 4;
const SECURITY = 5;

/** A PDF that is open in one instance of PDFium, until that is dropped. */
export interface PdfDocument {
  readonly pdfium: Pdfium;
  /** Another one after each `reopen`. */
  readonly handle: number;
  readonly pages: number;
  /** Of the file, in hexadecimal: 0.6 ms a MB. */
  readonly sha256: string;
  /** Names of fonts whose letters were found to be what the text layer says. */
  readonly trustedFonts: Set<string>;
  /** Forgets what was parsed of its pages, which PDFium keeps until a document is closed. Throws file_undecodable */
  reopen(): void;
  close(): void;
}

/** Bytes hashed at a time. */
const PIECE_BYTES = 1024 * 1024;

/**
 * Opens a document where it lies; PDFium rebuilds damaged cross-reference tables itself.
 *
 * @throws AppError `password_needed`, `password_wrong`, `file_undecodable`, and what reading the file throws
 */
export function openDocument(instance: PdfiumInstance, file: RandomAccess, password: string | undefined): PdfDocument {
  const { pdfium } = instance;
  // Reads all of it, so that no damage is met later.
  const sha256 = digestOf(file);
  instance.lend(file);
  let handle = load(pdfium, password);
  if (handle === 0) throw instance.failure() ?? refusal(pdfium._FPDF_GetLastError(), file, password);
  const close = (): void => pdfium._FPDF_CloseDocument(handle);
  const pages = pdfium._FPDF_GetPageCount(handle);
  if (pages < 1) {
    close();
    throw new AppError('file_undecodable', 'It has no pages.');
  }
  return {
    pdfium,
    get handle() {
      return handle;
    },
    pages,
    sha256,
    trustedFonts: new Set(),
    reopen() {
      close();
      handle = load(pdfium, password);
      if (handle === 0) throw instance.failure() ?? new AppError('file_undecodable');
    },
    close,
  };
}

function digestOf(file: RandomAccess): string {
  const hash = createHash('sha256');
  const piece = Buffer.allocUnsafe(Math.min(PIECE_BYTES, file.length));
  for (let position = 0; position < file.length; position += piece.length)
    hash.update(piece.subarray(0, file.read(position, piece)));
  return hash.digest('hex');
}

/** Older encryption takes a password's bytes as Latin-1, newer as UTF-8. */
function load(pdfium: Pdfium, password: string | undefined): number {
  const open = (path: number) => {
    if (password === undefined) return pdfium._FPDF_LoadDocument(path, 0);
    for (const encoding of ['utf8', 'latin1'] as const) {
      const handle = withText(pdfium, Buffer.from(`${password}\0`, encoding), (text) =>
        pdfium._FPDF_LoadDocument(path, text),
      );
      if (handle !== 0) return handle;
    }
    return 0;
  };
  return withText(pdfium, Buffer.from(`${DOCUMENT_PATH}\0`), open);
}

/** Lends PDFium a text, and leaves no trace of it. */
function withText<T>(pdfium: Pdfium, text: Buffer, work: (pointer: number) => T): T {
  const pointer = pdfium._malloc(text.length);
  if (pointer === 0) throw new AppError('page_too_complex');
  pdfium.HEAPU8.set(text, pointer);
  try {
    return work(pointer);
  } finally {
    pdfium.HEAPU8.fill(0, pointer, pointer + text.length);
    pdfium._free(pointer);
  }
}

function refusal(reason: number, file: RandomAccess, password: string | undefined): AppError {
  if (reason === PASSWORD) return new AppError(password === undefined ? 'password_needed' : 'password_wrong');
  if (reason === SECURITY) return new AppError('file_undecodable', 'Its kind of encryption is not known.');
  const tail = Buffer.alloc(TAIL_BYTES);
  file.read(Math.max(0, file.length - TAIL_BYTES), tail);
  return new AppError(tail.includes('%%EOF') ? 'file_undecodable' : 'file_truncated');
}

/** The end mark of a whole PDF lies within so many bytes of its end, junk behind it included (as Acrobat takes it). */
const TAIL_BYTES = 2_048;
