import { readFileSync } from 'node:fs';

/** A process's memory as Linux keeps it, in bytes; null when the process is gone, or where there is no /proc. */
function memoryOf(pid: number, field: 'VmHWM' | 'VmRSS'): number | null {
  try {
    const kib = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kib === undefined ? null : Number(kib) * 1024;
  } catch {
    // It ended between two looks.
    return null;
  }
}

/** The most memory that a process has had resident since it began. */
export const peakRssOf = (pid: number): number | null => memoryOf(pid, 'VmHWM');

/** The memory that a process has resident now. */
export const rssOf = (pid: number): number | null => memoryOf(pid, 'VmRSS');
