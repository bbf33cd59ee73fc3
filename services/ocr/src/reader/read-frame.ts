import type { ModelVersions, PageText } from '@docusnap/contracts';
import type { Raster } from '@docusnap/engine';
import { withBarcodes } from '../barcodes/with-barcodes.ts';
import { decodeFrame } from '../decode/decode-frame.ts';
import { readPdfPage, renderPdfPage } from '../decode/pdf/read-pdf-page.ts';
import type { PdfShelf, PdfSource } from '../decode/pdf/shelf.ts';
import type { ReadRaster } from '../decode/pdf/trust.ts';
import { fingerprintOfImage, fingerprintOfPdfPage } from './fingerprint.ts';
import type { OpenRequest, ReadRequest, Recall, RenderRequest } from './messages.ts';
import { recallPage } from './recall-page.ts';
import type { Stopwatch } from './stopwatch.ts';
import type { StoredFiles } from './stored-files.ts';

/** Where files come from. */
interface Sources {
  readonly files: StoredFiles;
  readonly pdfs: PdfShelf;
}

/** How a frame is read. */
export interface Reading {
  readonly watch: Stopwatch;
  readonly models: ModelVersions;
  /** Takes the time of what it does itself; all else is fetching, decoding and recalling. */
  readonly read: ReadRaster;
  /** Asks for pages that were read before; absent where that is not wanted. */
  readonly recall: Recall | undefined;
}

/** A frame that was read, and its pixels where it was read from those. */
export interface ReadFrame {
  readonly page: PageText;
  readonly raster: Raster | undefined;
}

/**
 * Reads one frame of a stored file, of whatever kind, or recalls what reading an equal one gave.
 *
 * @throws AppError for what cannot be decoded
 */
export function readFrame(sources: Sources, request: ReadRequest, reading: Reading): Promise<ReadFrame> {
  return request.mediaType === 'application/pdf'
    ? readPdf(sources, request, reading)
    : readImage(sources, request, reading);
}

async function readImage({ files }: Sources, request: ReadRequest, reading: Reading): Promise<ReadFrame> {
  const { watch, models } = reading;
  const bytes = await files.fetch(request.blobKey, request.dataKey);
  watch.lap('fetch');
  const raster = await decodeFrame(bytes, request.frame, { maxPixels: request.maxPixels });
  watch.lap('decode');
  const known = await recalled(reading, () => fingerprintOfImage(request, models, raster));
  if (known) return { page: known, raster };
  const page = await reading.read(raster);
  return { page: request.barcodes ? await withBarcodes(page, watch, async () => raster) : page, raster };
}

async function readPdf({ files, pdfs }: Sources, request: ReadRequest, reading: Reading): Promise<ReadFrame> {
  const { watch, models } = reading;
  let raster: Raster | undefined;
  const timed: ReadRaster = (pixels) => {
    watch.lap('decode');
    return reading.read(pixels);
  };
  const page = await pdfs.use(pdfSource(files, request), async (document) => {
    watch.lap('fetch');
    const known = await recalled(reading, () => fingerprintOfPdfPage(request, models, document.sha256));
    if (known) return known;
    const { frame, pdfText: text, maxPixels } = request;
    const onPixels = (pixels: Raster): void => {
      raster = pixels;
    };
    const read = await readPdfPage(document, frame, { text, maxPixels, onPixels }, timed);
    watch.lap('decode');
    if (!request.barcodes) return read;
    // Where the text layer was taken, nothing of the whole page is rendered yet.
    return withBarcodes(read, watch, async () => raster ?? renderPdfPage(document, frame, { maxPixels }));
  });
  return { page, raster };
}

/** Undefined where nothing is known. The time goes to `cached` where something is: a page with that stage was not read. */
async function recalled({ watch, recall }: Reading, fingerprint: () => Uint8Array): Promise<PageText | undefined> {
  if (!recall) return undefined;
  const known = await recallPage(recall, fingerprint());
  watch.lap(known ? 'cached' : 'recall');
  return known ?? undefined;
}

/** A stored PDF as the shelf takes it. */
export function pdfSource(files: StoredFiles, request: OpenRequest | ReadRequest | RenderRequest): PdfSource {
  return {
    key: request.blobKey,
    password: request.password,
    open: () => files.openAt(request.blobKey, request.dataKey),
  };
}
