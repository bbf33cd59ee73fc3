import { flushCompileCache } from 'node:module';
import { openBlobStore, openPassedStore } from '@docusnap/blobs';
import { openPdfShelf } from '../decode/pdf/shelf.ts';
import { loadPreparedSets } from '../models/prepared/load.ts';
import { open, read, readPiped } from './answer.ts';
import { readReaderConfig } from './config.ts';
import { openLastPages } from './last-page.ts';
import { type FromReader, type Recalled, type ToReader, toWire } from './messages.ts';
import { openPipedBytes } from './piped-bytes.ts';
import { openRecalls } from './recalls.ts';
import { renderPage } from './render-page.ts';
import { openStoredFiles } from './stored-files.ts';

/**
 * A reader: decodes foreign bytes and runs the models, in a process of its own, so that a crash, an endless loop or a leak in native
 * code costs one attempt of one page. Started by the ocr service with an IPC channel, and gone when that channel closes.
 */

const tell = (message: FromReader): void => {
  // The channel may close while a page is being read; 'disconnect' then ends this process.
  if (process.connected) process.send?.(message);
};

async function main(): Promise<void> {
  if (!process.send) throw new Error('A reader is started by the ocr service, not by hand.');
  // At once: an exit would interrupt native code in session threads, which ends in an abort.
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
  // Ctrl-C reaches the whole foreground group; the main process decides when its readers end.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => undefined);

  const config = readReaderConfig(process.env);
  const sets = await loadPreparedSets(config.PREPARED_MODELS_DIR, { provider: config.OCR_EXECUTION_PROVIDER });
  const passed = openPassedStore();
  const blobs = config.BLOB_DIR === undefined ? passed.blobs : openBlobStore(config.BLOB_DIR);
  const recalls = openRecalls(tell);
  const desk = {
    modelsFor: sets.choose,
    files: openStoredFiles(blobs),
    blobs,
    lastPages: openLastPages(),
    pdfs: openPdfShelf(),
    piped: openPipedBytes(process.stdin),
  };
  const answer = ({ id, request, threads, passes }: ToReader) => {
    passed.hand(passes ?? {});
    if (request.kind === 'render') return renderPage(desk, request);
    // Whoever has another page read wants no images of the last one.
    desk.lastPages.drop();
    if (request.kind === 'open') return open(desk, request);
    if (request.kind === 'readPiped') return readPiped(desk, request, { threads });
    return read(desk, request, { threads, recall: recalls.during(id) });
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
  // Readers end by being killed, and so would never write what NODE_COMPILE_CACHE asks for: 27 MiB less for each of the next ones.
  flushCompileCache();
  const { provider, models } = sets.first;
  tell({ kind: 'ready', provider, models: models.versions, rss: process.memoryUsage.rss() });
}

main().catch((error: unknown) => {
  const reason = error instanceof Error ? error.message : String(error);
  const leave = () => process.exit(1);
  if (process.send) process.send({ kind: 'unable', reason } satisfies FromReader, leave);
  else leave();
});
