import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';

/** With the host's name: where containers share a folder for temporary files, a number says nothing about the processes of another. */
const PREFIX = `docusnap-models-${hostname()}-`;

/** Removals tried again: a preparation that is given up may write its last file meanwhile. */
const RETRIES = 5;

/** A folder that nobody else may enter, for the models that a service prepares for its readers. */
export interface PreparedFolder {
  readonly path: string;
  remove(): Promise<void>;
}

/** Makes the folder, and removes those of processes that were killed before they could remove their own. */
export async function openPreparedFolder(place = tmpdir()): Promise<PreparedFolder> {
  await removeOrphans(place);
  const path = await mkdtemp(join(place, `${PREFIX}${process.pid}-`));
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: RETRIES }) };
}

async function removeOrphans(place: string): Promise<void> {
  for (const name of await readdir(place)) {
    const path = join(place, name);
    const owner = name.startsWith(PREFIX) ? Number.parseInt(name.slice(PREFIX.length), 10) : 0;
    if (!(owner > 0) || (await isInUse(path, owner))) continue;
    // What cannot be removed belongs to somebody else.
    await rm(path, { recursive: true, force: true }).catch(() => undefined);
  }
}

async function isInUse(path: string, owner: number): Promise<boolean> {
  if (owner !== process.pid) return isAlive(owner);
  // In a container the service has the same number each time: what is older than this process is of an earlier one.
  const found = await stat(path).catch(() => null);
  return found !== null && found.mtimeMs >= performance.timeOrigin;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // Of another user: alive all the same.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
