import { createHash, randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { types } from 'node:util';
import { AppError } from '@docusnap/contracts';
import type { ModelFile } from './registry.ts';

/** Milliseconds without a byte after which a server is given up. Any total is allowed: the line may be slow. */
const STALL_MS = 30_000;
/** Where the catalogue does not know a file's size: no model in it is published with more than 120 MB, and no answer may fill the disk. */
const MOST_BYTES = 512 * 1024 * 1024;
/** What a download is called until it is proven; `verify` names those that a killed process left behind. */
export const PART_SUFFIX = '.part';

export interface FetchOptions {
  readonly stallMs?: number;
  /** Gives up; the reason is thrown. */
  readonly signal?: AbortSignal;
}

/**
 * Downloads a model file into a folder. It gets its name only when every byte has come, has been proven by its SHA-256 and is on the disk:
 * until then it lies beside, under a name of its own, and is removed when anything goes wrong. What stood there before stays until then.
 *
 * @throws AppError `model_download_failed` when the server refuses, breaks off or falls silent; `model_damaged` when it sends another file;
 *   `storage_unavailable` when the folder cannot be written
 */
export async function fetchFile(
  file: ModelFile,
  url: string,
  folder: string,
  options: FetchOptions = {},
): Promise<void> {
  await onDisk(mkdir(folder, { recursive: true }));
  const part = join(folder, `.${file.file}.${randomUUID()}${PART_SUFFIX}`);
  try {
    const handle = await onDisk(open(part, 'wx'));
    try {
      await receive(file, url, handle, options);
      await onDisk(handle.sync());
    } finally {
      await handle.close();
    }
    await onDisk(rename(part, join(folder, file.file)));
    await onDisk(syncFolder(folder));
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}

async function receive(file: ModelFile, url: string, handle: FileHandle, options: FetchOptions): Promise<void> {
  const { stallMs = STALL_MS } = options;
  const most = file.bytes ?? MOST_BYTES;
  const silence = new AbortController();
  const patience = setTimeout(() => silence.abort(), stallMs);
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    for await (const chunk of bodyOf(
      url,
      AbortSignal.any([silence.signal, ...(options.signal ? [options.signal] : [])]),
    )) {
      patience.refresh();
      bytes += chunk.length;
      if (bytes > most) throw new AppError('model_damaged', `${url} sends more than the ${most} bytes expected.`);
      hash.update(chunk);
      await onDisk(handle.appendFile(chunk));
    }
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    options.signal?.throwIfAborted();
    const why = silence.signal.aborted ? `sent nothing for ${stallMs / 1_000} s` : `broke off: ${reasonOf(cause)}`;
    throw new AppError('model_download_failed', `${url} ${why}, after ${bytes} bytes.`, { cause });
  } finally {
    clearTimeout(patience);
  }
  const found = hash.digest('hex');
  if (found !== file.sha256) {
    throw new AppError('model_damaged', `${url} sent ${bytes} bytes of SHA-256 ${found}, expected ${file.sha256}.`);
  }
}

async function* bodyOf(url: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const response = await fetch(url, { signal });
  if (!response.ok) {
    await response.body?.cancel();
    throw new AppError('model_download_failed', `${url} answered ${response.status} ${response.statusText}.`);
  }
  if (response.body !== null) yield* response.body;
}

/** What `fetch` throws says "fetch failed" or "terminated"; why, its cause knows. */
function reasonOf(error: unknown): string {
  const cause = types.isNativeError(error) && types.isNativeError(error.cause) ? error.cause : error;
  return types.isNativeError(cause) ? cause.message : String(cause);
}

async function onDisk<Result>(work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (cause) {
    throw new AppError('storage_unavailable', reasonOf(cause), { cause });
  }
}

/** The new name is on the disk only once its folder is. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
