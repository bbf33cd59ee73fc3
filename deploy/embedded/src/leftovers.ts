import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode } from './error-code.ts';
import type { Folders } from './folders.ts';
import { endProcess, isRunning, nameProcess, type ProcessName } from './processes.ts';
import type { Progress } from './progress.ts';

/** A process of this system, written down so that the next start finds it should this supervisor be killed. */
interface Child extends ProcessName {
  readonly title: string;
}

/** The services notice that their supervisor is gone and end by themselves; a signal on top would cut that short. */
const SERVICE_GRACE_MS = 12_000;
const SERVER_GRACE_MS = 60_000;
/** As the supervisor calls the database server; it ends last. */
export const SERVER_TITLE = 'PostgreSQL';

/** Remembers the processes of a running system. */
export interface Register {
  add(title: string, pid: number): void;
  clear(): void;
}

export function openRegister(folders: Folders): Register {
  const children = new Map<string, Child>();
  return {
    add(title, pid) {
      const name = nameProcess(pid);
      if (name === null) return;
      children.set(title, { title, ...name });
      writeFileSync(`${folders.children}.new`, JSON.stringify([...children.values()]), { mode: 0o600 });
      renameSync(`${folders.children}.new`, folders.children);
    },
    clear: () => rmSync(folders.children, { force: true }),
  };
}

/**
 * Ends what a killed supervisor left: the services, which are ending by themselves already, then the database server. Only
 * processes that are certainly ours are touched: a process id alone says nothing, since ids are given out again.
 */
export async function endLeftovers(folders: Folders, progress: Progress): Promise<void> {
  for (const child of readRegister(folders.children).filter(isRunning)) {
    progress.step(
      `Waiting for the end of ${child.title}, left from an earlier run that was killed (process ${child.pid})`,
    );
    if (isServer(child)) await endProcess(child, 'SIGINT', SERVER_GRACE_MS);
    else await endProcess(child, null, SERVICE_GRACE_MS);
  }
  rmSync(folders.children, { force: true });
  const server = serverOf(folders.postgres);
  if (server === null) return;
  progress.step(`Stopping ${SERVER_TITLE}, left from an earlier run that was killed (process ${server.pid})`);
  await endProcess(server, 'SIGINT', SERVER_GRACE_MS);
}

function isServer(child: Child): boolean {
  return child.title === SERVER_TITLE;
}

function readRegister(path: string): readonly Child[] {
  try {
    const children: Child[] = JSON.parse(readFileSync(path, 'utf8'));
    // Services before the database they use.
    return children.sort((a, b) => Number(isServer(a)) - Number(isServer(b)));
  } catch (error) {
    // Absent after a clean stop; unreadable after a power cut, which left no process either.
    if (error instanceof SyntaxError || errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

/**
 * Removes a `postmaster.pid` that no server of this folder stands behind: emptied by a power cut, or its process id given to some
 * other program since. PostgreSQL would refuse to start on either. Where the id is simply gone it copes by itself.
 */
export function clearServerLock(folder: string): void {
  if (readServerPid(folder) !== undefined && serverOf(folder) === null)
    rmSync(join(folder, 'postmaster.pid'), { force: true });
}

/** The server that runs on this folder; null when none does. */
function serverOf(folder: string): ProcessName | null {
  const pid = readServerPid(folder);
  if (pid === undefined || Number.isNaN(pid)) return null;
  return worksIn(pid, folder) ? nameProcess(pid) : null;
}

/** What `postmaster.pid` names; undefined without the file, NaN when it is damaged. */
function readServerPid(folder: string): number | undefined {
  try {
    const pid = Number.parseInt(readFileSync(join(folder, 'postmaster.pid'), 'utf8'), 10);
    return pid > 0 ? pid : Number.NaN;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** A PostgreSQL server's working directory is its data folder; where the system does not tell, its command line names it. */
function worksIn(pid: number, folder: string): boolean {
  try {
    if (process.platform === 'linux') return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(folder);
    return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).includes(folder);
  } catch {
    // No such process, or one of another user, which ours never is.
    return false;
  }
}
