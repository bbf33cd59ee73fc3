import { flushCompileCache } from 'node:module';
import { openBlobStore, openPassedStore } from '@docusnap/blobs';
import { openPdfShelf } from '../decode/pdf/shelf.ts';
import { loadPreparedSets } from '../models/prepared/load.ts';
import { lanesFor } from '../models/spread-session.ts';
import { open, read, readPiped } from './answer.ts';
import { readReaderConfig } from './config.ts';
import { letHeapGrow } from './heap.ts';
import { openLastPages } from './last-page.ts';
import { type FromReader, type Recalled, type ToReader, toWire } from './messages.ts';
import { openPipedBytes } from './piped-bytes.ts';
import { openRecalls } from './recalls.ts';
import { renderPage } from './render-page.ts';
import { startStopwatch } from './stopwatch.ts';
import { openStoredFiles } from './stored-files.ts';

/**
 * A reader: decodes foreign bytes and runs the models, in a process of its own, so that a crash, an endless loop or a leak in native
 * code costs one attempt of one page. Started by the ocr service with an IPC channel, and gone when that channel closes.
 */

/** Lines of a page that are asked for at once on a GPU, which reads them in batches: two of the largest. Not measured. */
const LINES_FOR_BATCHES = 32;

const tell = (message: FromReader): void => {
  // The channel may close while a page is being read; 'disconnect' then ends this process.
  if (process.connected) process.send?.(message);
};

async function main(): Promise<void> {
  letHeapGrow();
  const watch = startStopwatch(0);
  watch.lap('imports');
  if (!process.send) throw new Error('A reader is started by the ocr service, not by hand.');
  // At once: an exit would interrupt native code in session threads, which ends in an abort.
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
  // Ctrl-C reaches the whole foreground group; the main process decides when its readers end.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => undefined);

  const config = readReaderConfig(process.env);
  const sets = await loadPreparedSets(config.PREPARED_MODELS_DIR, { provider: config.OCR_EXECUTION_PROVIDER });
  watch.lap('models');
  const recalls = openRecalls(tell);
  const piped = openPipedBytes(process.stdin);
  const lanes = config.OCR_EXECUTION_PROVIDER === 'cpu' ? lanesFor : () => LINES_FOR_BATCHES;
  /** What a seat works with by itself. */
  const openSeat = () => {
    const passed = openPassedStore();
    const blobs = config.BLOB_DIR === undefined ? passed.blobs : openBlobStore(config.BLOB_DIR);
    const files = openStoredFiles(blobs);
    const desk = { modelsFor: sets.choose, files, blobs, lastPages: openLastPages(), pdfs: openPdfShelf(), piped };
    return { desk, passed, last: Promise.resolve() };
  };
  const seats = new Map([[0, openSeat()]]);
  const answer = ({ id, request, threads, passes, seat = 0 }: ToReader, bytes: Promise<Buffer> | undefined) => {
    const { desk, passed } = seats.get(seat)!;
    passed.hand(passes ?? {});
    if (request.kind === 'render') return renderPage(desk, request);
    // Whoever has another page read wants no images of the last one.
    desk.lastPages.drop();
    if (request.kind === 'open') return open(desk, request);
    if (request.kind === 'readPiped') {
      const take = () => bytes ?? piped.take(request.length);
      return readPiped({ ...desk, piped: { take } }, request, { lanes: lanes(threads) });
    }
    return read(desk, request, { lanes: lanes(threads), recall: recalls.during(id) });
  };
  const serve = async (asked: ToReader, bytes: Promise<Buffer> | undefined): Promise<void> => {
    const { id } = asked;
    try {
      tell({ kind: 'done', id, reply: await answer(asked, bytes), rss: process.memoryUsage.rss() });
    } catch (error) {
      tell({ kind: 'failed', id, failure: toWire(error), rss: process.memoryUsage.rss() });
    }
  };

  process.on('message', (message: ToReader | Recalled) => {
    if ('kind' in message) {
      recalls.answer(message);
      return;
    }
    const at = message.seat ?? 0;
    const seat = seats.get(at) ?? openSeat();
    seats.set(at, seat);
    // Now, as they come in the order of the requests, whichever seat these are for.
    const bytes = message.request.kind === 'readPiped' ? piped.take(message.request.length) : undefined;
    seat.last = seat.last.then(() => serve(message, bytes));
  });
  // Readers end by being killed, and so would never write what NODE_COMPILE_CACHE asks for: 27 MiB less for each of the next ones.
  flushCompileCache();
  const { provider, models } = sets.first;
  tell({ kind: 'ready', provider, models: models.versions, rss: process.memoryUsage.rss(), start: watch.times() });
}

main().catch((error: unknown) => {
  const reason = error instanceof Error ? error.message : String(error);
  const leave = () => process.exit(1);
  if (process.send) process.send({ kind: 'unable', reason } satisfies FromReader, leave);
  else leave();
});
