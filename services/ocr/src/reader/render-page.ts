import { type BlobStore, giveBack } from '@docusnap/blobs';
import type { Raster } from '@docusnap/engine';
import { decodeFrame } from '../decode/decode-frame.ts';
import { renderPdfPageAs } from '../decode/pdf/read-pdf-page.ts';
import type { PdfShelf } from '../decode/pdf/shelf.ts';
import { encodeRendition } from './encode-rendition.ts';
import type { LastPages } from './last-page.ts';
import type { RenderReply, RenderRequest } from './messages.ts';
import { pdfSource } from './read-frame.ts';
import { renditionSize } from './rendition-size.ts';
import { startStopwatch } from './stopwatch.ts';
import type { StoredFiles } from './stored-files.ts';

/** What images are made from and where they go. */
interface Darkroom {
  readonly blobs: Pick<BlobStore, 'get' | 'put'>;
  readonly files: StoredFiles;
  readonly pdfs: PdfShelf;
  readonly lastPages: LastPages;
}

/** Makes the two images of a page and stores them. Throws what decoding throws, and storage_unavailable. */
export async function renderPage(room: Darkroom, request: RenderRequest): Promise<RenderReply> {
  const watch = startStopwatch();
  const raster = await pixelsOf(room, request);
  const bytes = { small: 0, large: 0 };
  // One is stored while the other is made, and both are synced together.
  const storing: Promise<void>[] = [];
  try {
    for (const rendition of ['large', 'small'] as const) {
      const jpeg = await encodeRendition(raster, renditionSize(rendition, raster, request.mediaType));
      const stored = room.blobs.put(request.renditionKeys[rendition], Buffer.from(request.dataKey), once(jpeg));
      // It may fail while the next one is made, before anyone waits for it.
      stored.catch(() => undefined);
      storing.push(stored);
      bytes[rendition] = jpeg.length;
    }
    await Promise.all(storing);
  } finally {
    // Nothing is written any more once the answer is given, whatever it is.
    await Promise.allSettled(storing);
    giveBack(raster.data);
  }
  watch.lap('renditions');
  return { stages: watch.times(), bytes };
}

/** The pixels that the page was just read from; those of a PDF's page that was not are rendered no larger than they are shown. */
async function pixelsOf({ files, pdfs, lastPages }: Darkroom, request: RenderRequest): Promise<Raster> {
  const { frame, maxPixels, mediaType, size } = request;
  const last = lastPages.take(request);
  if (last) return last.raster;
  if (mediaType === 'application/pdf') {
    return pdfs.use(pdfSource(files, request), (document) =>
      renderPdfPageAs(document, frame, renditionSize('large', size, mediaType)),
    );
  }
  return decodeFrame(await files.fetch(request.blobKey, request.dataKey), frame, { maxPixels });
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
