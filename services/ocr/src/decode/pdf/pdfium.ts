import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { RandomAccess } from '@docusnap/blobs';
import { PDFiumModule } from '@hyzyla/pdfium';
import { openFileCalls } from './file-calls.ts';

/**
 * The functions of PDFium (public/fpdf*.h) that are used here, as its WebAssembly build exports them: pointers and handles are numbers,
 * 0 is none. The package's own classes wrap a few of them only, and its getText() traps.
 */
export interface Pdfium {
  readonly HEAPU8: Uint8Array;
  readonly HEAP32: Int32Array;
  readonly HEAPU32: Uint32Array;
  readonly HEAPF32: Float32Array;
  readonly HEAPF64: Float64Array;
  _malloc(bytes: number): number;
  _free(pointer: number): void;
  _FPDF_InitLibrary(): void;
  _FPDF_LoadDocument(path: number, password: number): number;
  _FPDF_CloseDocument(document: number): void;
  _FPDF_GetLastError(): number;
  _FPDF_GetPageCount(document: number): number;
  _FPDF_LoadPage(document: number, index: number): number;
  _FPDF_ClosePage(page: number): void;
  _FPDF_GetPageWidthF(page: number): number;
  _FPDF_GetPageHeightF(page: number): number;
  _FPDF_GetPageBoundingBox(page: number, box: number): number;
  _FPDFPage_GetRotation(page: number): number;
  _FPDFPage_GetAnnotCount(page: number): number;
  _FPDFPage_Flatten(page: number, use: number): number;
  _FPDFPage_CountObjects(page: number): number;
  _FPDFPage_GetObject(page: number, index: number): number;
  _FPDFPageObj_GetType(object: number): number;
  _FPDFPageObj_GetBounds(object: number, left: number, bottom: number, right: number, top: number): number;
  _FPDFPageObj_GetMatrix(object: number, matrix: number): number;
  _FPDFPageObj_CountMarks(object: number): number;
  _FPDFPageObj_GetMark(object: number, index: number): number;
  _FPDFPageObjMark_GetParamBlobValue(mark: number, key: number, buffer: number, size: number, needed: number): number;
  _FPDFFormObj_CountObjects(form: number): number;
  _FPDFFormObj_GetObject(form: number, index: number): number;
  _FPDFImageObj_GetImagePixelSize(image: number, width: number, height: number): number;
  _FPDFText_LoadPage(page: number): number;
  _FPDFText_ClosePage(text: number): void;
  _FPDFText_CountChars(text: number): number;
  _FPDFText_GetUnicode(text: number, index: number): number;
  _FPDFText_IsGenerated(text: number, index: number): number;
  _FPDFText_IsHyphen(text: number, index: number): number;
  _FPDFText_HasUnicodeMapError(text: number, index: number): number;
  _FPDFText_GetLooseCharBox(text: number, index: number, box: number): number;
  _FPDFText_GetCharBox(text: number, index: number, left: number, right: number, bottom: number, top: number): number;
  _FPDFText_GetCharOrigin(text: number, index: number, x: number, y: number): number;
  _FPDFText_GetMatrix(text: number, index: number, matrix: number): number;
  _FPDFText_GetFontSize(text: number, index: number): number;
  _FPDFText_GetTextObject(text: number, index: number): number;
  _FPDFTextObj_GetTextRenderMode(object: number): number;
  _FPDFTextObj_GetFont(object: number): number;
  _FPDFTextObj_GetFontSize(object: number, size: number): number;
  _FPDFFont_GetBaseFontName(font: number, buffer: number, length: number): number;
  _FPDFBitmap_CreateEx(width: number, height: number, format: number, buffer: number, stride: number): number;
  _FPDFBitmap_FillRect(bitmap: number, left: number, top: number, width: number, height: number, color: number): number;
  _FPDFBitmap_GetBuffer(bitmap: number): number;
  _FPDFBitmap_GetStride(bitmap: number): number;
  _FPDFBitmap_Destroy(bitmap: number): void;
  _FPDF_RenderPageBitmap(
    bitmap: number,
    page: number,
    x: number,
    y: number,
    width: number,
    height: number,
    rotate: number,
    flags: number,
  ): void;
}

/** A started PDFium, with memory of its own that grows up to a bound and never shrinks. */
export interface PdfiumInstance {
  readonly pdfium: Pdfium;
  /** Whether it asked for more memory than it may have; what it did thereafter is worth nothing. */
  isStarved(): boolean;
  /** The file that it finds under DOCUMENT_PATH from now on. */
  lend(file: RandomAccess): void;
  /** Why the file could not be read, if so; what it did thereafter is worth nothing. */
  failure(): unknown;
}

/** Compiles PDFium, which takes some 60 ms; instances of what is compiled start in a few. */
export async function compilePdfium(): Promise<WebAssembly.Module> {
  const file = fileURLToPath(import.meta.resolve('@hyzyla/pdfium/pdfium.wasm'));
  return WebAssembly.compile(await readFile(file));
}

type Imports = { readonly env: WebAssembly.ModuleImports; readonly wasi_snapshot_preview1: WebAssembly.ModuleImports };
type Resize = (bytes: number) => boolean;

/** @param mostBytes of its memory; past them PDFium's allocations fail, and it gives the file up */
export async function startPdfium(compiled: WebAssembly.Module, mostBytes: number): Promise<PdfiumInstance> {
  let starved = false;
  const calls = openFileCalls(() => pdfium.HEAPU8);
  const bounded = (imports: Imports) => {
    const resize = imports.env.emscripten_resize_heap as Resize;
    const limited: Resize = (bytes) => {
      if (bytes >>> 0 <= mostBytes) return resize(bytes);
      starved = true;
      return false;
    };
    const { env, wasi_snapshot_preview1: wasi } = calls.before(imports);
    return { ...imports, env: { ...env, emscripten_resize_heap: limited }, wasi_snapshot_preview1: wasi };
  };
  const options = {
    instantiateWasm(
      imports: WebAssembly.Imports,
      done: (instance: WebAssembly.Instance, compiled: WebAssembly.Module) => void,
    ) {
      void WebAssembly.instantiate(compiled, bounded(imports as unknown as Imports)).then((instance) =>
        done(instance, compiled),
      );
      return {};
    },
    // It tells on standard error what it also throws.
    print: () => undefined,
    printErr: () => undefined,
  };
  // The package types its loader for its own, narrower use.
  const pdfium = (await (PDFiumModule as unknown as (options: object) => Promise<unknown>)(options)) as Pdfium;
  pdfium._FPDF_InitLibrary();
  return { pdfium, isStarved: () => starved, lend: calls.lend, failure: calls.failure };
}
