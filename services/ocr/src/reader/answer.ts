import { sealBytes } from '@docusnap/blobs';
import { type Models, type Raster, readPage } from '@docusnap/engine';
import { decodeFrame } from '../decode/decode-frame.ts';
import { openImage } from '../decode/open-image.ts';
import type { OpenReply, OpenRequest, ReadBytesReply, ReadPipedRequest, ReadReply, ReadRequest } from './messages.ts';
import type { PipedBytes } from './piped-bytes.ts';
import { type Stopwatch, startStopwatch } from './stopwatch.ts';
import type { StoredFiles } from './stored-files.ts';

/** What a reader works with. */
export interface Desk {
  readonly models: Models;
  readonly files: StoredFiles;
  readonly piped: PipedBytes;
}

/** How many frames the file holds. Throws file_undecodable, file_truncated, too_many_pixels, blob_missing, blob_damaged. */
export async function open(desk: Desk, request: OpenRequest): Promise<OpenReply> {
  const watch = startStopwatch();
  const bytes = await desk.files.fetch(request.blobKey, request.dataKey);
  watch.lap('fetch');
  const image = await openImage(bytes, { maxPixels: request.maxPixels });
  watch.lap('open');
  return { frames: image.frames, stages: watch.times() };
}

/** One page of a stored file, read and sealed. Throws what `open` throws. */
export async function read(desk: Desk, request: ReadRequest): Promise<ReadReply> {
  const watch = startStopwatch();
  const bytes = await desk.files.fetch(request.blobKey, request.dataKey);
  watch.lap('fetch');
  const raster = await decodeFrame(bytes, request.frame, { maxPixels: request.maxPixels });
  watch.lap('decode');
  const page = await readTimed(desk.models, raster, watch);
  const json = Buffer.from(JSON.stringify(page));
  const sealed = sealBytes(Buffer.from(request.dataKey), request.sealContext, json);
  watch.lap('seal');
  return { sealed, stages: watch.times(), pixels: raster.width * raster.height };
}

/** The first frame of an image that came with the request. Throws file_undecodable, file_truncated, too_many_pixels. */
export async function readPiped(desk: Desk, request: ReadPipedRequest): Promise<ReadBytesReply> {
  const watch = startStopwatch();
  const bytes = await desk.piped.take(request.length);
  watch.lap('fetch');
  const raster = await decodeFrame(bytes, 0, { maxPixels: request.maxPixels });
  watch.lap('decode');
  const page = await readTimed(desk.models, raster, watch);
  return { page: JSON.stringify(page), stages: watch.times(), pixels: raster.width * raster.height };
}

/** The engine keeps no clock: it says when a stage ends, and the time is taken here. `read` is all of it. */
async function readTimed(models: Models, raster: Raster, watch: Stopwatch) {
  const started = watch.now();
  const page = await readPage(models, raster, { onStage: (stage) => watch.lap(stage) });
  watch.span('read', started);
  return page;
}
