import { setTimeout as delay } from 'node:timers/promises';
import { openBlobStore, sealBytes } from '@docusnap/blobs';
import { AppError, type PageText } from '@docusnap/contracts';
import { type FromReader, type ReadPipedRequest, type Reply, type ToReader, toWire } from '../../../reader/messages.ts';
import { openStoredFiles, type StoredFiles } from '../../../reader/stored-files.ts';
import { MODELS } from '../../reader-script.ts';
import { PACE_VARIABLE, readPace } from '../pace.ts';

/**
 * A reader that is held by a page for as long as it is told and uses no processor: what a reader does in earnest it does on a core of its own, and
 * here many share a few. It opens TIFFs of our own drawing, gives each page the same text, and makes no images.
 */

const SIZE = { width: 16, height: 16 };
const PAGE: PageText = { ...SIZE, source: 'ocr', blocks: [], models: MODELS };
const TAG_BYTES = 12;

const tell = (message: FromReader): void => {
  if (process.connected) process.send?.(message);
};

/** Directories of a TIFF, each of which names the next. */
function framesOf(tiff: Buffer): number {
  let frames = 0;
  for (let at = tiff.readUInt32LE(4); at !== 0; frames += 1)
    at = tiff.readUInt32LE(at + 2 + tiff.readUInt16LE(at) * TAG_BYTES);
  return frames;
}

async function answer(
  files: StoredFiles,
  request: ToReader['request'],
): Promise<Reply<Exclude<ToReader['request'], ReadPipedRequest>>> {
  if (request.kind === 'render') return { stages: {}, bytes: { small: 0, large: 0 } };
  if (request.kind === 'open') {
    const bytes = await files.fetch(request.blobKey, request.dataKey);
    return { frames: framesOf(Buffer.from(bytes)), stages: {} };
  }
  if (request.kind !== 'read') throw new AppError('model_not_loaded');
  const holdMs = readPace(process.env[PACE_VARIABLE])?.holdMs ?? 0;
  await delay(holdMs);
  const sealed = sealBytes(Buffer.from(request.dataKey), request.sealContext, Buffer.from(JSON.stringify(PAGE)));
  return { sealed, stages: { read: holdMs }, pixels: SIZE.width * SIZE.height, size: SIZE, holdsPixels: true };
}

function main(): void {
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => undefined);
  const files = openStoredFiles(openBlobStore(process.env.BLOB_DIR ?? '/nowhere'));
  process.on('message', async ({ id, request }: ToReader) => {
    try {
      tell({ kind: 'done', id, reply: await answer(files, request), rss: process.memoryUsage.rss() });
    } catch (error) {
      tell({ kind: 'failed', id, failure: toWire(error), rss: process.memoryUsage.rss() });
    }
  });
  tell({ kind: 'ready', provider: 'stand-in', models: MODELS, rss: process.memoryUsage.rss() });
}

main();
