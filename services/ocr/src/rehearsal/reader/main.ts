import { existsSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { openBlobStore, sealBytes } from '@docusnap/blobs';
import { AppError } from '@docusnap/contracts';
import { type FromReader, type ToReader, toWire } from '../../reader/messages.ts';
import { openPipedBytes, type PipedBytes } from '../../reader/piped-bytes.ts';
import { openStoredFiles, type StoredFiles } from '../../reader/stored-files.ts';
import { MODELS, type ReaderScript, SCRIPTED_PAGE } from '../reader-script.ts';

/** A stand-in for the reader in tests of the pool and of the job flow: the same process, channel and messages, without models. */

const tell = (message: FromReader): void => {
  if (process.connected) process.send?.(message);
};

function isFirst({ marker = '' }: ReaderScript): boolean {
  if (existsSync(marker)) return false;
  writeFileSync(marker, '');
  return true;
}

async function perform(script: ReaderScript, frame: number): Promise<void> {
  const due = (frames: readonly number[] | undefined) => frames?.includes(frame) ?? false;
  await delay(script.holdMs ?? 0);
  if (script.holdOnceMs && isFirst(script)) await delay(script.holdOnceMs);
  if (due(script.die)) process.kill(process.pid, 'SIGKILL');
  if (due(script.dieOnce) && isFirst(script)) process.kill(process.pid, 'SIGKILL');
  if (due(script.stall)) await delay(3_600_000);
  if (due(script.surprise)) throw new TypeError('a surprise');
  if (due(script.undecodable)) throw new AppError('file_undecodable', 'It is scripted so.');
}

async function answer({ request, threads }: ToReader, files: StoredFiles, piped: PipedBytes) {
  const bytes =
    request.kind === 'readPiped'
      ? await piped.take(request.length)
      : await files.fetch(request.blobKey, request.dataKey);
  const script = JSON.parse(Buffer.from(bytes).toString()) as ReaderScript;
  if (request.kind === 'open') return { frames: script.frames ?? 1, stages: { open: 1 } };
  await perform(script, request.kind === 'read' ? request.frame : 0);
  const page = JSON.stringify(SCRIPTED_PAGE);
  if (request.kind === 'readPiped') return { page, stages: { read: 1, threads }, pixels: 100 };
  const sealed = sealBytes(Buffer.from(request.dataKey), request.sealContext, Buffer.from(page));
  return { sealed, stages: { read: 1, threads }, pixels: 100 };
}

function main(): void {
  process.on('disconnect', () => process.exit(0));
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => undefined);
  if (process.env.SCRIPTED_UNABLE) {
    tell({ kind: 'unable', reason: process.env.SCRIPTED_UNABLE });
    return;
  }
  const files = openStoredFiles(openBlobStore(process.env.BLOB_DIR ?? '/nowhere'));
  const piped = openPipedBytes(process.stdin);
  process.on('message', async (message) => {
    const asked = message as ToReader;
    const { id } = asked;
    const rss = process.memoryUsage.rss();
    try {
      tell({ kind: 'done', id, reply: await answer(asked, files, piped), rss });
    } catch (error) {
      tell({ kind: 'failed', id, failure: toWire(error), rss });
    }
  });
  tell({ kind: 'ready', provider: 'scripted', models: MODELS, rss: process.memoryUsage.rss() });
}

main();
