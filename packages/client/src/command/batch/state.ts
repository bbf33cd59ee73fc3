import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../exit-codes.ts';
import { writeWhole } from './write-whole.ts';

/** What became of one file. */
export interface FileState {
  /** Of its content, hex; with `size` and `modified` it tells whether the file is the one that was read. */
  readonly sha256: string;
  readonly size: number;
  readonly modified: number;
  /** Digest of what was asked of it: format, options, schema. */
  readonly asked: string;
  /** How often it was sent, each time as a new request. */
  readonly sent: number;
  readonly job: string | null;
  readonly done: boolean;
  /** Names of the files written, in the folder of the results. */
  readonly outputs: readonly string[];
  readonly pages: number;
  /** What of it could not be read. */
  readonly failed: number;
}

/** What a batch has done, kept beside its results, so that another run goes on where this one stopped. */
export interface BatchState {
  get(path: string): FileState | undefined;
  /** Kept at once. */
  set(path: string, state: FileState): void;
  /** Whether another file's results have that name. */
  isTaken(output: string, path: string): boolean;
}

const NAME = '.docusnap-batch.json';
const VERSION = 1;

/** In memory alone where there is no folder. Throws UsageError for a file that is none of ours. */
export function openState(folder: string | undefined): BatchState {
  const path = folder === undefined ? undefined : join(folder, NAME);
  const files = new Map<string, FileState>(path === undefined ? [] : Object.entries(readState(path)));
  return {
    get: (file) => files.get(file),
    set(file, state) {
      files.set(file, state);
      if (path !== undefined)
        writeWhole(path, `${JSON.stringify({ version: VERSION, files: Object.fromEntries(files) }, null, 1)}\n`);
    },
    isTaken: (output, file) => [...files].some(([name, { outputs }]) => name !== file && outputs.includes(output)),
  };
}

function readState(path: string): Readonly<Record<string, FileState>> {
  if (!existsSync(path)) return {};
  try {
    const { version, files } = JSON.parse(readFileSync(path, 'utf8'));
    if (version === VERSION && typeof files === 'object' && files !== null) return files;
  } catch {
    // Said below: no run of ours leaves half a file.
  }
  throw new UsageError(
    `${path} does not say what a batch has done. Remove it to begin anew, or choose another folder.`,
  );
}
