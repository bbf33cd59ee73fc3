import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Bytes that this user may still write below a folder, which need not be there yet. Null where the file system does not tell. */
export async function freeDisk(folder: string): Promise<number | null> {
  try {
    const { bavail, bsize, blocks } = await statfs(folder);
    // File systems over a network that know no size say 0 of everything.
    return blocks === 0 ? null : bavail * bsize;
  } catch (error) {
    return isMissing(error) && dirname(folder) !== folder ? freeDisk(dirname(folder)) : null;
  }
}

function isMissing(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT';
}
