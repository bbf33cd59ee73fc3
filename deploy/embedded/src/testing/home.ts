import { readdirSync, readFileSync } from 'node:fs';
import { chmod, mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort, temporaryFolder } from '@docusnap/testing';
import { errorCode } from '../error-code.ts';
import { type Folders, foldersOf } from '../folders.ts';
import { type EmbeddedRun, runEmbedded } from './embedded-run.ts';

/** An installation of its own for one test: a new folder and free ports. */
export interface Home {
  readonly path: string;
  readonly port: number;
  readonly ocrPort: number;
  folders(): Folders;
  /** With further variables for the services, where given. */
  start(variables?: Readonly<Record<string, string>>): EmbeddedRun;
  /** As if npm had been called in the home's folder. */
  read(...files: readonly string[]): EmbeddedRun;
  keys(...args: readonly string[]): EmbeddedRun;
  /** The published command, without a configuration. */
  docusnap(...args: readonly string[]): EmbeddedRun;
  /** As `read`, with a system somewhere else. */
  readFrom(url: string, key: string, ...files: readonly string[]): EmbeddedRun;
  /** The ids of all its processes, whatever started them. */
  processes(): number[];
  /** Fulfilled when none of its processes is left. */
  gone(): Promise<void>;
  /** Kills what is left of it and removes its folders. */
  remove(): Promise<void>;
}

/** @param options.closed it lies below a folder that only its owner can enter */
export async function newHome(options: { closed?: boolean } = {}): Promise<Home> {
  const outer = await temporaryFolder('embedded');
  const path = join(outer.path, 'place', '.docusnap');
  await mkdir(path, { recursive: true });
  if (options.closed !== true) await chmod(outer.path, 0o711);
  const [port, ocrPort] = [await freePort(), await freePort()];
  const folders = (): Folders => foldersOf(path);
  const gone = async (): Promise<void> => {
    // The end of processes that are not our children is no event.
    while (processesOf(folders()).length > 0) await pause(50);
  };
  return {
    path,
    port,
    ocrPort,
    folders,
    start: (variables = {}) =>
      runEmbedded('main.ts', ['--port', String(port), '--ocr-port', String(ocrPort)], {
        ...variables,
        DOCUSNAP_HOME: path,
      }),
    read: (...files) => runEmbedded('read.ts', files, { DOCUSNAP_HOME: path, INIT_CWD: path }),
    keys: (...args) => runEmbedded('keys/main.ts', args, { DOCUSNAP_HOME: path }),
    docusnap: (...args) =>
      runEmbedded('docusnap.ts', args, { DOCUSNAP_HOME: path, INIT_CWD: path, XDG_CONFIG_HOME: path }),
    readFrom: (url, key, ...files) =>
      runEmbedded('read.ts', files, { DOCUSNAP_HOME: path, DOCUSNAP_URL: url, DOCUSNAP_API_KEY: key }),
    processes: () => processesOf(folders()),
    gone,
    async remove() {
      for (const pid of processesOf(folders())) kill(pid);
      await gone();
      if (!folders().data.startsWith(path)) await rm(dirname(folders().data), { recursive: true });
      await outer.remove();
    },
  };
}

export function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    // It ended together with one that was killed before it.
    if (errorCode(error) !== 'ESRCH') throw error;
  }
}

/** Found by what stands in their environment or on their command line, since a killed supervisor can no longer say. */
function processesOf(folders: Folders): number[] {
  const marks = [`DOCUSNAP_HOME=${folders.home}`, `BLOB_DIR=${folders.blobs}`, folders.postgres];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) =>
      marks.some((mark) => textOf(pid, 'environ').includes(mark) || textOf(pid, 'cmdline').includes(mark)),
    );
}

function textOf(pid: number, file: 'environ' | 'cmdline'): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    // It has just ended, so it is none of those looked for.
    return '';
  }
}
