import { readdirSync, readFileSync } from 'node:fs';
import { peakRssOf, rssOf } from '../contender/peak-rss.ts';

/** The processes of a service at one moment: its main process and all that descend from it. */
export interface Resident {
  /** Bytes resident now, over all of them. */
  readonly rss: number;
  /** The most that each of those living has had resident, added up: not less than what they ever had together. */
  readonly peak: number;
  readonly processes: number;
}

/** @throws Error without /proc, or when the process is gone */
export function residentOf(pid: number): Resident {
  const pids = [pid, ...descendantsOf(pid)];
  const known = pids.flatMap((one) => {
    const [rss, peak] = [rssOf(one), peakRssOf(one)];
    return rss === null || peak === null ? [] : [{ rss, peak }];
  });
  if (known.length === 0) throw new Error(`Expected process ${pid} to be there, and /proc to tell of it`);
  return {
    rss: known.reduce((sum, { rss }) => sum + rss, 0),
    peak: known.reduce((sum, { peak }) => sum + peak, 0),
    processes: known.length,
  };
}

/** The process below `pid` whose command line names the script. */
export function findProcess(pid: number, script: string): number {
  const found = descendantsOf(pid).find((one) =>
    read(`/proc/${one}/cmdline`)
      .split('\0')
      .some((word) => word.endsWith(script)),
  );
  if (found === undefined) throw new Error(`Expected a process of ${script} below ${pid}, found none`);
  return found;
}

/** Children of `pid`, their children, and so on. */
export const descendantsOf = (pid: number): number[] => lookAtProcesses().descendantsOf(pid);

/** All processes as they are now: for who asks of many, since each look reads a file of every process. */
export function lookAtProcesses(): { descendantsOf(pid: number): number[] } {
  const children = new Map<number, number[]>();
  for (const entry of readdirSync('/proc')) {
    const parent = /^\d+$/.test(entry) ? parentOf(entry) : null;
    if (parent !== null) children.set(parent, [...(children.get(parent) ?? []), Number(entry)]);
  }
  const below = (one: number): number[] => (children.get(one) ?? []).flatMap((child) => [child, ...below(child)]);
  return { descendantsOf: below };
}

function parentOf(pid: string): number | null {
  const parent = /^PPid:\s+(\d+)$/m.exec(read(`/proc/${pid}/status`))?.[1];
  return parent === undefined ? null : Number(parent);
}

/** Empty when the process ended between two looks. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
