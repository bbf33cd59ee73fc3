import { setTimeout as pause } from 'node:timers/promises';
import { processMark } from '../lock.mjs';
import { errorCode } from './error-code.ts';

/** A process, told apart from any later one that gets the same id. */
export interface ProcessName {
  readonly pid: number;
  readonly mark: string;
}

/** Null when there is no process with this id. */
export function nameProcess(pid: number): ProcessName | null {
  const mark = processMark(pid);
  return mark === null ? null : { pid, mark };
}

export function isRunning(process: ProcessName): boolean {
  return processMark(process.pid) === process.mark;
}

/**
 * Ends a process that leads a process group: asks with `signal` (null when it is ending already), and after `graceMs` kills the
 * whole group. For processes that are not our children, whose end is no event. Gives false when it had to be killed.
 */
export async function endProcess(name: ProcessName, signal: NodeJS.Signals | null, graceMs: number): Promise<boolean> {
  if (signal !== null) send(name.pid, signal);
  for (const deadline = Date.now() + graceMs; Date.now() < deadline; await pause(25)) {
    if (!isRunning(name)) return true;
  }
  killGroup(name.pid);
  while (isRunning(name)) await pause(25);
  return false;
}

/** Kills a process started detached, and all that it started. */
export function killGroup(pid: number): void {
  send(-pid, 'SIGKILL');
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // It ended by itself in the meantime, which is what was wanted.
    if (errorCode(error) !== 'ESRCH') throw error;
  }
}
