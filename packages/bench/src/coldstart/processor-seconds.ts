import { readFileSync } from 'node:fs';
import { descendantsOf } from '../soak/resident.ts';

/** What /proc counts processor time in: USER_HZ is 100 on every Linux that Node runs on. */
const TICKS_A_SECOND = 100;

/** Seconds of a processor that a process, those that descend from it, and those of them that have ended took so far. */
export function processorSeconds(pid: number): number {
  return [pid, ...descendantsOf(pid)].reduce((sum, one) => sum + ticksOf(one), 0) / TICKS_A_SECOND;
}

/** Of one process alone, whatever it started. */
export function ownProcessorSeconds(pid: number): number {
  return sumOf(fieldsOf(pid).slice(0, 2)) / TICKS_A_SECOND;
}

/** Of one process and its ended children, for whom somebody waited. */
function ticksOf(pid: number): number {
  return sumOf(fieldsOf(pid));
}

/** utime, stime, cutime and cstime. */
function fieldsOf(pid: number): number[] {
  const stat = textOf(`/proc/${pid}/stat`);
  // The name may hold spaces and brackets; after its last bracket the fields begin with the third: utime to cstime are the 14th to 17th.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields.slice(11, 15).map(Number);
}

const sumOf = (ticks: readonly number[]): number => ticks.reduce((sum, one) => sum + one, 0);

/** Empty when the process ended between two looks. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
