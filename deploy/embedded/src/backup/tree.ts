import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../error-code.ts';
import { type Archive, type FileSum, readWhole } from './archive.ts';

/** What lies below a folder, as paths in it; parents come before what is in them. */
export interface Tree {
  readonly folders: readonly string[];
  readonly files: readonly string[];
}

/**
 * Looks through a folder that others may be changing. Other things than files and folders are not looked at.
 *
 * @param options.skip of paths that are left out with all below them
 */
export async function treeOf(root: string, options: { skip?: (path: string) => boolean } = {}): Promise<Tree> {
  const folders: string[] = [];
  const files: string[] = [];
  const look = async (inside: string): Promise<void> => {
    const entries = await readdir(join(root, inside), { withFileTypes: true }).catch(goneAs([]));
    for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = inside === '' ? entry.name : `${inside}/${entry.name}`;
      if (options.skip?.(path)) continue;
      if (entry.isFile()) files.push(path);
      else if (entry.isDirectory()) {
        folders.push(path);
        await look(path);
      }
    }
  };
  await look('');
  return { folders, files };
}

/** At a time: files are small, and most of the time goes into waiting for the disk. */
const AT_ONCE = 8;

/** Does something with each of many, some at a time, and gives what came of them in their order. After a failure none is begun, and those under way end first. */
export async function withEach<One, Result>(all: Iterable<One>, act: (one: One) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = [];
  const queue = [...all].entries();
  let failed = false;
  const work = async (): Promise<void> => {
    for (const [index, one] of queue) {
      if (failed) return;
      try {
        results[index] = await act(one);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: AT_ONCE }, work));
  const failure = ended.find((end) => end.status === 'rejected');
  if (failure) throw failure.reason;
  return results;
}

/** Copies a file into the archive; null when it is gone by now. */
export async function keepFile(archive: Archive, path: string, from: string): Promise<FileSum | null> {
  return archive.put(path, readWhole(from)).catch(goneAs(null));
}

function goneAs<T>(value: T): (error: unknown) => T {
  return (error) => {
    if (errorCode(error) === 'ENOENT') return value;
    throw error;
  };
}
