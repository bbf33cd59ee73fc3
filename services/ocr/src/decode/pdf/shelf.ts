import { AppError } from '@docusnap/contracts';
import { openDocument, type PdfDocument } from './document.ts';
import { compilePdfium, type PdfiumInstance, startPdfium } from './pdfium.ts';

/** Memory of PDFium's own: the file (LIMITS.pdfBytes), what is decoded of a page, and the rendered page. */
const MOST_BYTES = 512 * 1024 * 1024;
/** A PDFium whose memory grew by more than this beyond the file it holds is given up after the page: its memory never shrinks. */
const KEPT_BYTES = 128 * 1024 * 1024;

/** Keeps the last PDF open, because its pages are often read one after another and opening a large one takes long. */
export interface PdfShelf {
  /**
   * Lends the document that `key` names, opened from `fetch` unless it lies here. What PDFium breaks on ends as an AppError, and with a fresh
   * PDFium for the next.
   *
   * @throws AppError `password_needed`, `password_wrong`, `file_undecodable`, `file_truncated`, `page_too_complex`, and what `fetch`
   * and `work` throw
   */
  use<T>(source: PdfSource, work: (document: PdfDocument) => Promise<T>): Promise<T>;
}

export interface PdfSource {
  readonly key: string;
  readonly password: string | undefined;
  readonly fetch: () => Promise<Uint8Array>;
}

interface Kept {
  readonly key: string;
  readonly password: string | undefined;
  readonly bytes: number;
  readonly document: PdfDocument;
}

export function openPdfShelf(): PdfShelf {
  let compiled: Promise<WebAssembly.Module> | undefined;
  let instance: PdfiumInstance | undefined;
  let kept: Kept | undefined;

  const drop = (): void => {
    instance = undefined;
    kept = undefined;
  };

  /** A document that breaks PDFium as it is closed is no fault of the one that comes after it. */
  const putAway = (): void => {
    const document = kept?.document;
    kept = undefined;
    try {
      document?.close();
    } catch (error) {
      if (!isBroken(error)) throw error;
      drop();
    }
  };

  const take = async ({ key, password, fetch }: PdfSource): Promise<Kept> => {
    if (kept?.key === key && kept.password === password) return kept;
    putAway();
    const bytes = await fetch();
    compiled ??= compilePdfium();
    instance ??= await startPdfium(await compiled, MOST_BYTES);
    kept = { key, password, bytes: bytes.length, document: openDocument(instance.pdfium, bytes, password) };
    return kept;
  };

  return {
    async use(source, work) {
      try {
        const { document, bytes } = await take(source);
        const result = await work(document);
        if (instance?.isStarved()) throw new AppError('page_too_complex');
        if (document.pdfium.HEAPU8.length - bytes > KEPT_BYTES) drop();
        return result;
      } catch (error) {
        const starved = instance?.isStarved();
        if (!starved && error instanceof AppError) throw error;
        if (!starved && !isBroken(error)) throw error;
        drop();
        throw new AppError(starved ? 'page_too_complex' : 'file_undecodable', undefined, { cause: error });
      }
    },
  };
}

/** What WebAssembly throws where native code would have crashed: a trap, an abort, a stack that overflowed. */
function isBroken(error: unknown): boolean {
  return error instanceof WebAssembly.RuntimeError || error instanceof RangeError;
}
