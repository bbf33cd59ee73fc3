import { flushCompileCache } from 'node:module';
import { openBlobStore } from '@docusnap/blobs';
import { openPdfShelf } from '../decode/pdf/shelf.ts';
import { loadPreparedSets } from '../models/prepared/load.ts';
import { open, read, readPiped } from './answer.ts';
import { readReaderConfig } from './config.ts';
import { type FromReader, type ToReader, toWire } from './messages.ts';
import { openPipedBytes } from './piped-bytes.ts';
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
  const desk = {
    modelsFor: sets.choose,
    files: openStoredFiles(openBlobStore(config.BLOB_DIR)),
    pdfs: openPdfShelf(),
    piped: openPipedBytes(process.stdin),
  };
  const answer = ({ request, threads }: Omit<ToReader, 'id'>) => {
    if (request.kind === 'open') return open(desk, request);
    return request.kind === 'read' ? read(desk, request, { threads }) : readPiped(desk, request, { threads });
  };
  const serve = async ({ id, ...asked }: ToReader): Promise<void> => {
    try {
      tell({ kind: 'done', id, reply: await answer(asked), rss: process.memoryUsage.rss() });
    } catch (error) {
      tell({ kind: 'failed', id, failure: toWire(error), rss: process.memoryUsage.rss() });
    }
  };

  let last = Promise.resolve();
  process.on('message', (message) => {
    last = last.then(() => serve(message as ToReader));
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
