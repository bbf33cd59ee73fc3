import { randomUUID } from 'node:crypto';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
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
  readonly job: string;
  readonly done: boolean;
  /** Names of the files written, in the folder of the results. */
  readonly outputs: readonly string[];
  /** Names of all files that were ever written of it: these alone may be written over. */
  readonly owned: readonly string[];
  readonly pages: number;
  /** What of it could not be read. */
  readonly failed: number;
}

/** What a batch has done, kept beside its results, so that another run goes on where this one stopped. */
export interface BatchState {
  /** Part of its requests' names, so that no other batch is given their jobs. */
  readonly nonce: string;
  get(path: string): FileState | undefined;
  /** Kept at once: a line is added to the file. */
  set(path: string, state: FileState): void;
  /** Whether another file's results have that name. */
  isTaken(output: string, path: string): boolean;
}

const NAME = '.docusnap-batch.jsonl';
const VERSION = 1;

/** In memory alone where there is no folder. Throws UsageError for a file that is none of ours. */
export function openState(folder: string | undefined): BatchState {
  const path = folder === undefined ? undefined : join(folder, NAME);
  const { nonce, files } = path !== undefined && existsSync(path) ? readState(path) : begun();
  // What was torn or is superseded is gone from here on.
  if (path !== undefined)
    writeWhole(
      path,
      [line({ version: VERSION, nonce }), ...[...files].map(([file, state]) => entry(file, state))].join(''),
    );
  const owners = new Map<string, string>();
  for (const [file, { owned }] of files) for (const name of owned) owners.set(name, file);
  return {
    nonce,
    get: (file) => files.get(file),
    set(file, state) {
      files.set(file, state);
      for (const name of state.owned) owners.set(name, file);
      if (path !== undefined) appendFileSync(path, entry(file, state), { flush: true });
    },
    isTaken: (output, file) => (owners.get(output) ?? file) !== file,
  };
}

interface Kept {
  readonly nonce: string;
  readonly files: Map<string, FileState>;
}

const begun = (): Kept => ({ nonce: randomUUID(), files: new Map() });
const line = (value: object): string => `${JSON.stringify(value)}\n`;
const entry = (file: string, state: FileState): string => line({ file, ...state });

function readState(path: string): Kept {
  const [first = '', ...lines] = readFileSync(path, 'utf8').split('\n');
  const { version, nonce } = parsed(first) ?? {};
  if (version !== VERSION || typeof nonce !== 'string')
    throw new UsageError(
      `${path} does not say what a batch has done. Remove it to begin anew, or choose another folder.`,
    );
  const files = new Map<string, FileState>();
  for (const text of lines) {
    // A line that a loss of power tore says nothing: its file is asked for again, under the same name.
    const { file, ...state } = parsed(text) ?? {};
    if (typeof file === 'string') files.set(file, state as unknown as FileState);
  }
  return { nonce, files };
}

function parsed(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}
