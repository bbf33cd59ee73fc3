import type { RandomAccess } from '@docusnap/blobs';
import { AppError } from '@docusnap/contracts';
import { openDocument, type PdfDocument } from './document.ts';
import { compilePdfium, type PdfiumInstance, startPdfium } from './pdfium.ts';

/** Memory of PDFium's own: what is parsed and decoded of pages, and the rendered page. */
const MOST_BYTES = 512 * 1024 * 1024;
/** A PDFium whose memory grew beyond this is given up after the page: its memory never shrinks. */
const KEPT_BYTES = 128 * 1024 * 1024;
/** A document is opened anew after so many of its pages: all that is parsed of them stays, of 300 scans as much as the file. */
const PARSED_PAGES = 16;

/** Keeps the last PDF open, because its pages are often read one after another and opening a large one takes long. */
export interface PdfShelf {
  /**
   * Lends the document that `key` names, opened by `open` unless it lies here. What PDFium breaks on ends as an AppError, and with a fresh
   * PDFium for the next.
   *
   * @throws AppError `password_needed`, `password_wrong`, `file_undecodable`, `file_truncated`, `page_too_complex`, and what `open`
   * and `work` throw
   */
  use<T>(source: PdfSource, work: (document: PdfDocument) => Promise<T>): Promise<T>;
}

export interface PdfSource {
  readonly key: string;
  readonly password: string | undefined;
  readonly open: () => Promise<RandomAccess>;
}

interface Kept {
  readonly key: string;
  readonly password: string | undefined;
  readonly document: PdfDocument;
  /** Since it was opened last. */
  uses: number;
}

export function openPdfShelf(): PdfShelf {
  let compiled: Promise<WebAssembly.Module> | undefined;
  let instance: PdfiumInstance | undefined;
  let kept: Kept | undefined;
  /** Of the document that was opened last. */
  let file: RandomAccess | undefined;

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

  /** What was parsed is forgotten now and then. A document that breaks PDFium over that is put away. */
  const lendAgain = (again: Kept): Kept | undefined => {
    again.uses += 1;
    if (again.uses % PARSED_PAGES !== 0) return again;
    try {
      again.document.reopen();
      return again;
    } catch (error) {
      drop();
      if (!isBroken(error)) throw error;
      return undefined;
    }
  };

  const take = async ({ key, password, open }: PdfSource): Promise<Kept> => {
    const again = kept?.key === key && kept.password === password ? lendAgain(kept) : undefined;
    if (again) return again;
    putAway();
    file?.rest();
    file = await open();
    compiled ??= compilePdfium();
    instance ??= await startPdfium(await compiled, MOST_BYTES);
    kept = { key, password, document: openDocument(instance, file, password), uses: 0 };
    return kept;
  };

  return {
    async use(source, work) {
      try {
        const { document } = await take(source);
        const result = await work(document);
        if (instance?.isStarved()) throw new AppError('page_too_complex');
        if (instance?.failure() !== undefined) throw instance.failure();
        if (document.pdfium.HEAPU8.length > KEPT_BYTES) drop();
        return result;
      } catch (error) {
        const failure = instance?.failure();
        const starved = instance?.isStarved();
        const cause = failure ?? error;
        if (failure !== undefined) drop();
        if (!starved && !isBroken(cause)) throw cause;
        drop();
        throw new AppError(starved ? 'page_too_complex' : 'file_undecodable', undefined, { cause });
      } finally {
        file?.rest();
      }
    },
  };
}

/** What WebAssembly throws where native code would have crashed: a trap, an abort, a stack that overflowed. */
function isBroken(error: unknown): boolean {
  return error instanceof WebAssembly.RuntimeError || error instanceof RangeError;
}
