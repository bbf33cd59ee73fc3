import { randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, opendir, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError } from '@docusnap/contracts';
import { segmentsOf, segmentsOfPrefix } from './blob-keys.ts';
import { asStorage, giveBack, isCode, readFileBytes } from './file-bytes.ts';
import { openSealedFile } from './sealed-file.ts';
import { openFrom, sealStream } from './sealed-stream.ts';
import type { BlobStore } from './store.ts';

/** Half-written files lie here, in the store's own file system so that the rename is atomic; no blob's key can begin with a dot. */
const TEMPORARY = '.temporary';

/** A store of blobs in a folder, which is made on the first write. Files and folders are readable by this user only. */
export function openBlobStore(folder: string): BlobStore {
  return {
    put: (key, dataKey, source) =>
      putFile(folder, join(folder, ...segmentsOf(key)), onceEach(sealStream(dataKey, key, source))),
    get: (key, dataKey) => openFrom(dataKey, key, readFileBytes(join(folder, ...segmentsOf(key)))),
    openAt: (key, dataKey) => openSealedFile(dataKey, key, join(folder, ...segmentsOf(key))),
    removePrefix: (prefix) => {
      const path = join(folder, ...segmentsOfPrefix(prefix));
      // An image of a page may be written into the folder while it is emptied: it is then not empty, and emptied again.
      return asStorage(() => rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 }));
    },
    check: () => checkWritable(folder),
    sweepTemporary: (olderThanMs) => asStorage(() => sweepTemporary(folder, olderThanMs)),
    list: (prefix) => listNames(join(folder, ...segmentsOfPrefix(prefix))),
    lastWritten: (prefix) => asStorage(() => newestBelow(join(folder, ...segmentsOfPrefix(prefix)))),
  };
}

/**
 * Writes beside, then renames. The file and the folders whose entries changed are synced before the promise resolves, since the caller next
 * commits rows that point at the blob, and PostgreSQL's commit is durable; all at once, so that one commit of the file system's journal
 * serves them. What a crash leaves in between nobody points at.
 */
export async function putFile(folder: string, path: string, sealed: AsyncIterable<Uint8Array>): Promise<void> {
  const { file, temporary } = await asStorage(() => openTemporary(folder));
  let at = temporary;
  try {
    try {
      for await (const piece of sealed) await asStorage(() => file.writeFile(piece));
      await asStorage(async () => {
        const changed = await moveInto(folder, temporary, path);
        at = path;
        await Promise.all([file.sync(), ...changed.map(syncFolder)]);
      });
    } finally {
      await file.close();
    }
  } catch (error) {
    await rm(at, { force: true });
    throw error;
  }
}

/** Pieces whose memory is given back when the next is asked for. */
async function* onceEach(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  for await (const piece of pieces) {
    yield piece;
    giveBack(piece);
  }
}

async function openTemporary(folder: string): Promise<{ file: FileHandle; temporary: string }> {
  const temporary = join(folder, TEMPORARY, randomUUID());
  try {
    return { file: await open(temporary, 'wx', 0o600), temporary };
  } catch (error) {
    if (!isCode(error, 'ENOENT')) throw error;
    await mkdir(dirname(temporary), { recursive: true, mode: 0o700 });
    return { file: await open(temporary, 'wx', 0o600), temporary };
  }
}

/** The folders whose entries changed. */
async function moveInto(folder: string, temporary: string, path: string): Promise<string[]> {
  const parent = dirname(path);
  const firstMade = await mkdir(parent, { recursive: true, mode: 0o700 });
  await rename(temporary, path);
  // Up to the folder that holds the first new folder, or else just the one the file went into.
  const top = firstMade === undefined ? parent : dirname(firstMade);
  const changed = [parent];
  for (let at = parent; at !== top && at !== folder; ) {
    at = dirname(at);
    changed.push(at);
  }
  return changed;
}

async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function checkWritable(folder: string): Promise<void> {
  await asStorage(async () => {
    const { file, temporary } = await openTemporary(folder);
    try {
      await file.write('check');
    } finally {
      await file.close();
      await rm(temporary, { force: true });
    }
  });
}

async function sweepTemporary(folder: string, olderThanMs: number): Promise<number> {
  const names = await readdir(join(folder, TEMPORARY)).catch((error: unknown) => {
    // Nothing was ever written.
    if (isCode(error, 'ENOENT')) return [];
    throw error;
  });
  const before = Date.now() - olderThanMs;
  let removed = 0;
  for (const name of names) {
    const path = join(folder, TEMPORARY, name);
    const found = await stat(path).catch((error: unknown) => {
      // Its writer finished in the meantime.
      if (isCode(error, 'ENOENT')) return null;
      throw error;
    });
    if (found === null || found.mtimeMs > before) continue;
    await rm(path, { force: true });
    removed += 1;
  }
  return removed;
}

async function* listNames(path: string): AsyncGenerator<string> {
  try {
    for await (const entry of await opendir(path)) yield entry.name;
  } catch (error) {
    if (!isCode(error, 'ENOENT')) throw new AppError('storage_unavailable', undefined, { cause: error });
  }
}

/** Of a file or folder and all in it. A folder's own time counts: it is that of the last rename into it, or out of it. */
async function newestBelow(path: string): Promise<number | null> {
  try {
    const found = await stat(path);
    if (!found.isDirectory()) return found.mtimeMs;
    let newest = found.mtimeMs;
    for (const name of await readdir(path)) newest = Math.max(newest, (await newestBelow(join(path, name))) ?? 0);
    return newest;
  } catch (error) {
    // Removed in the meantime.
    if (isCode(error, 'ENOENT')) return null;
    throw error;
  }
}
