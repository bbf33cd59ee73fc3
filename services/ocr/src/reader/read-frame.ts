import type { PageText } from '@docusnap/contracts';
import { decodeFrame } from '../decode/decode-frame.ts';
import { readPdfPage } from '../decode/pdf/read-pdf-page.ts';
import type { PdfShelf, PdfSource } from '../decode/pdf/shelf.ts';
import type { ReadRaster } from '../decode/pdf/trust.ts';
import type { OpenRequest, ReadRequest } from './messages.ts';
import type { Stopwatch } from './stopwatch.ts';
import type { StoredFiles } from './stored-files.ts';

/** Where files come from. */
interface Sources {
  readonly files: StoredFiles;
  readonly pdfs: PdfShelf;
}

/**
 * Reads one frame of a stored file, of whatever kind. `read` takes the time of what it does itself; all else is fetching or decoding.
 *
 * @throws AppError for what cannot be decoded
 */
export async function readFrame(
  { files, pdfs }: Sources,
  request: ReadRequest,
  watch: Stopwatch,
  read: ReadRaster,
): Promise<PageText> {
  const { frame, maxPixels } = request;
  if (request.mediaType !== 'application/pdf') {
    const bytes = await files.fetch(request.blobKey, request.dataKey);
    watch.lap('fetch');
    const raster = await decodeFrame(bytes, frame, { maxPixels });
    watch.lap('decode');
    return read(raster);
  }
  const timed: ReadRaster = (raster) => {
    watch.lap('decode');
    return read(raster);
  };
  const page = await pdfs.use(pdfSource(files, request), (document) => {
    watch.lap('fetch');
    return readPdfPage(document, frame, { text: request.pdfText, maxPixels }, timed);
  });
  watch.lap('decode');
  return page;
}

/** A stored PDF as the shelf takes it. Its bytes are not kept twice: the shelf keeps the open document. */
export function pdfSource(files: StoredFiles, request: OpenRequest | ReadRequest): PdfSource {
  return {
    key: request.blobKey,
    password: request.password,
    fetch: () => files.fetch(request.blobKey, request.dataKey, { keep: false }),
  };
}
