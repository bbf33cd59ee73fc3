import { randomUUID } from 'node:crypto';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

export interface WriteOptions {
  /** Permissions, whatever those of a file before were. */
  readonly mode?: number;
}

/** Writes a file so that whoever looks, also after a loss of power, sees all of it or what was there before. */
export function writeWhole(path: string, content: string | Uint8Array, { mode = 0o666 }: WriteOptions = {}): void {
  mkdirSync(dirname(path), { recursive: true });
  const partial = `${path}.${randomUUID()}.part`;
  try {
    writeFileSync(partial, content, { flag: 'wx', mode, flush: true });
    renameSync(partial, path);
  } catch (error) {
    rmSync(partial, { force: true });
    throw error;
  }
}
