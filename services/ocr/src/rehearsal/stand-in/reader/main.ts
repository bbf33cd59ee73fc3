import '@docusnap/testing/slow-disk';
import { openBlobStore, sealBytes } from '@docusnap/blobs';
import { AppError } from '@docusnap/contracts';
import type { Raster } from '@docusnap/engine';
import { openPdfShelf } from '../../../decode/pdf/shelf.ts';
import { type Desk, open } from '../../../reader/answer.ts';
import { openLastPages } from '../../../reader/last-page.ts';
import {
  type FromReader,
  type ReadReply,
  type ReadRequest,
  type Recall,
  type Recalled,
  type ToReader,
  toWire,
} from '../../../reader/messages.ts';
import { openPipedBytes } from '../../../reader/piped-bytes.ts';
import { readFrame } from '../../../reader/read-frame.ts';
import { openRecalls } from '../../../reader/recalls.ts';
import { renderPage } from '../../../reader/render-page.ts';
import { startStopwatch } from '../../../reader/stopwatch.ts';
import { openStoredFiles } from '../../../reader/stored-files.ts';
import { MODELS } from '../../reader-script.ts';
import { PACE_VARIABLE, readPace } from '../pace.ts';
import { pageOfPixels } from '../page-of-pixels.ts';

/**
 * A reader without models: it fetches, decodes, recalls, seals and stores as a real one does (with the same code), and in place of what the models
 * would read it gives a digest of the pixels. So hundreds of jobs cost little, and a page that was mixed up with another shows.
 */

const tell = (message: FromReader): void => {
  if (process.connected) process.send?.(message);
};

async function read(desk: Desk, request: ReadRequest, recall: Recall): Promise<ReadReply> {
  const watch = startStopwatch();
  const stood = (raster: Raster) => pageOfPixels(raster, readPace(process.env[PACE_VARIABLE]));
  const reading = { watch, models: MODELS, read: stood, recall: request.cache && recall };
  const { page, raster } = await readFrame(desk, request, reading);
  const { blobKey, frame } = request;
  if (raster) desk.lastPages.keep({ blobKey, frame, raster });
  const sealed = sealBytes(Buffer.from(request.dataKey), request.sealContext, Buffer.from(JSON.stringify(page)));
  const size = { width: page.width, height: page.height };
  return { sealed, stages: watch.times(), pixels: size.width * size.height, size, holdsPixels: raster !== undefined };
}

function main(): void {
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => undefined);
  const blobs = openBlobStore(process.env.BLOB_DIR ?? '/nowhere');
  const recalls = openRecalls(tell);
  const desk: Desk = {
    modelsFor: () => {
      throw new AppError('model_not_loaded');
    },
    files: openStoredFiles(blobs),
    blobs,
    lastPages: openLastPages(),
    pdfs: openPdfShelf(),
    piped: openPipedBytes(process.stdin),
  };
  const answer = async ({ id, request }: ToReader) => {
    if (request.kind === 'render') return renderPage(desk, request);
    desk.lastPages.drop();
    if (request.kind === 'open') return open(desk, request);
    if (request.kind === 'read') return read(desk, request, recalls.during(id));
    throw new AppError('model_not_loaded');
  };
  const serve = async (asked: ToReader): Promise<void> => {
    const { id } = asked;
    try {
      tell({ kind: 'done', id, reply: await answer(asked), rss: process.memoryUsage.rss() });
    } catch (error) {
      tell({ kind: 'failed', id, failure: toWire(error), rss: process.memoryUsage.rss() });
    }
  };
  let last = Promise.resolve();
  process.on('message', (message: ToReader | Recalled) => {
    if ('kind' in message) recalls.answer(message);
    else last = last.then(() => serve(message));
  });
  tell({ kind: 'ready', provider: 'stand-in', models: MODELS, rss: process.memoryUsage.rss() });
}

main();
