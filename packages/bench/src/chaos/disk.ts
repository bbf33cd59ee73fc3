import { execFile } from 'node:child_process';
import { mkdir, open, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { temporaryFolder } from '@docusnap/testing';

const run = promisify(execFile);
/** More than all files of a run, so that it is full only when it is filled. */
const MIB = 512;
const PIECE = Buffer.alloc(1024 * 1024);

/** The disk that the stored files lie on. */
export interface Disk {
  /** BLOB_DIR. */
  readonly blobs: string;
  /** Why it cannot be filled; null where it can. */
  readonly why: string | null;
  /** Takes all that is free; nothing can be written until `empty`. */
  fill(): Promise<void>;
  empty(): Promise<void>;
  /** Delays whatever is done with stored files by so many milliseconds; 0 = no more. See slow-disk.ts of packages/testing. */
  slow(ms: number): Promise<void>;
  close(): Promise<void>;
}

/** A small file system of its own where this machine lets us mount one, else a folder. */
export async function openDisk(): Promise<Disk> {
  const folder = await temporaryFolder('chaos-blobs');
  const disk = join(folder.path, 'disk');
  await mkdir(disk);
  const why = await mount(disk);
  const blobs = join(disk, 'blobs');
  await mkdir(blobs);
  const filler = join(disk, 'filler');
  return {
    blobs,
    why,
    async fill() {
      const file = await open(filler, 'w');
      try {
        for (;;) await file.writeFile(PIECE);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      } finally {
        await file.close();
      }
    },
    empty: () => rm(filler, { force: true }),
    slow: (ms) => (ms > 0 ? writeFile(`${blobs}.slow`, String(ms)) : rm(`${blobs}.slow`, { force: true })),
    async close() {
      // Lazily: a process that was killed may not be gone to the last.
      if (why === null) await run('umount', ['-l', disk]);
      await folder.remove();
    },
  };
}

async function mount(path: string): Promise<string | null> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0)
    return 'a small file system can be mounted by root only';
  try {
    await run('mount', ['-t', 'tmpfs', '-o', `size=${MIB}m`, 'tmpfs', path]);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message.trim() : String(error);
  }
}
