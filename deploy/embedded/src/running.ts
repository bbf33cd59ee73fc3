import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { errorCode } from './error-code.ts';
import type { Folders } from './folders.ts';
import { isRunning, nameProcess, type ProcessName } from './processes.ts';

/** What other commands of the same folder need to know of a system that is ready. */
export interface Running extends ProcessName {
  /** The folder it belongs to, so that a copy of the folder does not take it for its own. */
  readonly home: string;
  /** Of the gateway. */
  readonly url: string;
  readonly ocrUrl: string;
}

export function writeRunning(folders: Folders, addresses: { url: string; ocrUrl: string }): void {
  const name = nameProcess(process.pid);
  if (name === null) throw new Error('Expected to find this process among those that run');
  const running: Running = { ...name, home: folders.home, ...addresses };
  writeFileSync(`${folders.running}.new`, `${JSON.stringify(running)}\n`);
  renameSync(`${folders.running}.new`, folders.running);
}

export function removeRunning(folders: Folders): void {
  rmSync(folders.running, { force: true });
}

/** The system of this folder that is ready now; null when there is none. */
export function readRunning(folders: Folders): Running | null {
  try {
    const running: Running = JSON.parse(readFileSync(folders.running, 'utf8'));
    return running.home === folders.home && isRunning(running) ? running : null;
  } catch (error) {
    const isAbsent = errorCode(error) === 'ENOENT';
    // A file cut off by a power cut describes nothing that still runs.
    if (isAbsent || error instanceof SyntaxError) return null;
    throw error;
  }
}
