import { type BlobStore, sealBytes } from '@docusnap/blobs';
import type { ReadSetting } from '@docusnap/contracts';
import { type Models, type Raster, readPage } from '@docusnap/engine';
import { withBarcodes } from '../barcodes/with-barcodes.ts';
import { decodeFrame } from '../decode/decode-frame.ts';
import { openImage } from '../decode/open-image.ts';
import type { PdfShelf } from '../decode/pdf/shelf.ts';
import type { LastPages } from './last-page.ts';
import type {
  OpenReply,
  OpenRequest,
  ReadBytesReply,
  ReadPipedRequest,
  ReadReply,
  ReadRequest,
  Recall,
} from './messages.ts';
import type { PipedBytes } from './piped-bytes.ts';
import { pdfSource, readFrame } from './read-frame.ts';
import { type Stopwatch, startStopwatch } from './stopwatch.ts';
import type { StoredFiles } from './stored-files.ts';

/** What a reader works with. */
export interface Desk {
  /** The models of a set, by its name; the default ones without. Throws model_not_loaded. */
  readonly modelsFor: (set: string | undefined) => Models;
  readonly files: StoredFiles;
  readonly pdfs: PdfShelf;
  readonly blobs: Pick<BlobStore, 'get' | 'put'>;
  readonly lastPages: LastPages;
  readonly piped: PipedBytes;
}

/** What of the machine a request may use. */
export interface Cores {
  /** Lines that are read at once. */
  readonly lanes: number;
}

/**
 * How many frames the file holds. Throws file_undecodable, file_truncated, too_many_pixels, password_needed, password_wrong, blob_missing,
 * blob_damaged.
 */
export async function open(desk: Desk, request: OpenRequest): Promise<OpenReply> {
  const watch = startStopwatch();
  if (request.mediaType === 'application/pdf') {
    const frames = await desk.pdfs.use(pdfSource(desk.files, request), async ({ pages }) => pages);
    watch.lap('open');
    return { frames, stages: watch.times() };
  }
  const bytes = await desk.files.fetch(request.blobKey, request.dataKey);
  watch.lap('fetch');
  const image = await openImage(bytes, { maxPixels: request.maxPixels });
  watch.lap('open');
  return { frames: image.frames, stages: watch.times() };
}

/** What a reader may ask while it reads. */
export interface Questions {
  readonly recall: Recall;
}

/** One page of a stored file, read or recalled, and sealed. Throws what `open` throws, and model_not_loaded. */
export async function read(desk: Desk, request: ReadRequest, { lanes, recall }: Cores & Questions): Promise<ReadReply> {
  const models = desk.modelsFor(request.model);
  const watch = startStopwatch();
  const { page, raster } = await readFrame(desk, request, {
    watch,
    models: models.versions,
    read: (pixels) => readTimed(models, pixels, { watch, lanes, setting: request.setting }),
    recall: request.cache && recall,
  });
  const { blobKey, frame } = request;
  if (raster) desk.lastPages.keep({ blobKey, frame, raster });
  const json = Buffer.from(JSON.stringify(page));
  const sealed = sealBytes(Buffer.from(request.dataKey), request.sealContext, json);
  watch.lap('seal');
  const { width, height } = page;
  return {
    sealed,
    stages: watch.times(),
    pixels: width * height,
    size: { width, height },
    holdsPixels: raster !== undefined,
  };
}

/** The first frame of an image that came with the request. Throws file_undecodable, file_truncated, too_many_pixels, model_not_loaded. */
export async function readPiped(desk: Desk, request: ReadPipedRequest, { lanes }: Cores): Promise<ReadBytesReply> {
  const watch = startStopwatch();
  const bytes = await desk.piped.take(request.length);
  // Only now: bytes left in the pipe would be taken for the next request's.
  const models = desk.modelsFor(request.model);
  watch.lap('fetch');
  const raster = await decodeFrame(bytes, 0, { maxPixels: request.maxPixels });
  watch.lap('decode');
  const read = await readTimed(models, raster, { watch, lanes, setting: request.setting });
  const page = request.barcodes ? await withBarcodes(read, watch, async () => raster) : read;
  return { page: JSON.stringify(page), stages: watch.times(), pixels: raster.width * raster.height };
}

interface Timed extends Cores {
  readonly watch: Stopwatch;
  readonly setting: ReadSetting | undefined;
}

/** The engine keeps no clock: it says when a stage ends, and the time is taken here. `read` is all of it. */
async function readTimed(models: Models, raster: Raster, { watch, lanes, setting = 'accurate' }: Timed) {
  const started = watch.now();
  const page = await readPage(models, raster, { lanes, setting, onStage: (stage) => watch.lap(stage) });
  watch.span('read', started);
  return page;
}
