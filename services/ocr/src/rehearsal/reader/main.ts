import { existsSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { type BlobStore, openBlobStore, openPassedStore, sealBytes } from '@docusnap/blobs';
import { AppError } from '@docusnap/contracts';
import { type FromReader, type RenderReply, type RenderRequest, type ToReader, toWire } from '../../reader/messages.ts';
import { openPipedBytes, type PipedBytes } from '../../reader/piped-bytes.ts';
import { openStoredFiles, type StoredFiles } from '../../reader/stored-files.ts';
import { MODELS, type ReaderScript, SCRIPTED_PAGE } from '../reader-script.ts';

type Blobs = Pick<BlobStore, 'get' | 'put'>;

/** A stand-in for the reader in tests of the pool and of the job flow: the same process, channel and messages, without models. */

const tell = (message: FromReader): void => {
  if (process.connected) process.send?.(message);
};

function isFirst({ marker = '' }: ReaderScript): boolean {
  if (existsSync(marker)) return false;
  writeFileSync(marker, '');
  return true;
}

async function until(path: string | undefined): Promise<void> {
  while (path !== undefined && !existsSync(path)) await delay(5);
}

async function perform(script: ReaderScript, frame: number): Promise<void> {
  const due = (frames: readonly number[] | undefined) => frames?.includes(frame) ?? false;
  await delay(script.holdMs ?? 0);
  await until(script.holdUntil);
  if (script.holdOnceMs && isFirst(script)) await delay(script.holdOnceMs);
  if (due(script.die)) process.kill(process.pid, 'SIGKILL');
  if (due(script.dieOnce) && isFirst(script)) process.kill(process.pid, 'SIGKILL');
  if (due(script.stall)) await delay(3_600_000);
  if (due(script.surprise)) throw new TypeError('a surprise');
  const cannotDecode = due(script.undecodable) || (due(script.undecodableOnce) && isFirst(script));
  if (cannotDecode) throw new AppError('file_undecodable', 'It is scripted so.');
}

/** What its images hold is only that they are images of this page. */
async function render(script: ReaderScript, request: RenderRequest, blobs: Blobs): Promise<RenderReply> {
  await delay(script.renderHoldMs ?? 0);
  await until(script.renderHoldUntil);
  if (script.renderDies) process.kill(process.pid, 'SIGKILL');
  if (script.renderFails) throw new AppError('page_too_complex', 'It is scripted so.');
  for (const [rendition, key] of Object.entries(request.renditionKeys)) {
    await blobs.put(key, Buffer.from(request.dataKey), once(Buffer.from(`${rendition} of ${request.frame}`)));
  }
  return { stages: { renditions: 1 }, bytes: { small: 10, large: 10 } };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

async function answer({ request, threads }: ToReader, blobs: Blobs, files: StoredFiles, piped: PipedBytes) {
  const bytes =
    request.kind === 'readPiped'
      ? await piped.take(request.length)
      : await files.fetch(request.blobKey, request.dataKey);
  const script = JSON.parse(Buffer.from(bytes).toString()) as ReaderScript;
  if (request.kind === 'open') return { frames: script.frames ?? 1, stages: { open: 1 } };
  if (request.kind === 'render') return render(script, request, blobs);
  await perform(script, request.kind === 'read' ? request.frame : 0);
  const page = JSON.stringify(SCRIPTED_PAGE);
  if (request.kind === 'readPiped') return { page, stages: { read: 1, threads }, pixels: 100 };
  const sealed = sealBytes(Buffer.from(request.dataKey), request.sealContext, Buffer.from(page));
  const holdsPixels = !script.hasTextLayer;
  return { sealed, stages: { read: 1, threads }, pixels: 100, size: { width: 10, height: 10 }, holdsPixels };
}

function main(): void {
  process.on('disconnect', () => process.exit(0));
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => undefined);
  if (process.env.SCRIPTED_UNABLE) {
    tell({ kind: 'unable', reason: process.env.SCRIPTED_UNABLE });
    return;
  }
  const passed = openPassedStore();
  const blobs = process.env.BLOB_DIR === undefined ? passed.blobs : openBlobStore(process.env.BLOB_DIR);
  const files = openStoredFiles(blobs);
  const piped = openPipedBytes(process.stdin);
  process.on('message', async (message) => {
    const asked = message as ToReader;
    const { id } = asked;
    passed.hand(asked.passes ?? {});
    const rss = process.memoryUsage.rss();
    try {
      tell({ kind: 'done', id, reply: await answer(asked, blobs, files, piped), rss });
    } catch (error) {
      tell({ kind: 'failed', id, failure: toWire(error), rss });
    }
  });
  tell({ kind: 'ready', provider: 'scripted', models: MODELS, rss: process.memoryUsage.rss() });
}

main();
