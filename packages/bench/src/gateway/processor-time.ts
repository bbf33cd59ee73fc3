import { readFileSync } from 'node:fs';

/** Linux tells processor time in hundredths of a second, whatever the kernel counts in. */
const TICK_MS = 10;

/** Processor time that a process, with all its threads, has had so far, in milliseconds. Throws without /proc, and for one that is gone. */
export function processorMs(pid: number): number {
  const [own, system] = timesOf(pid);
  return (own + system) * TICK_MS;
}

/** Of the children of a process that have ended, and of theirs. */
export function endedChildrenMs(pid: number): number {
  const [, , own, system] = timesOf(pid);
  return (own + system) * TICK_MS;
}

function timesOf(pid: number): [number, number, number, number] {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name, which may hold anything, stands in brackets.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [own, system, ofChildren, systemOfChildren] = fields.slice(11, 15).map(Number);
  return [own!, system!, ofChildren!, systemOfChildren!];
}
