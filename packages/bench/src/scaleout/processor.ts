import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { descendantsOf, lookAtProcesses } from '../soak/resident.ts';
import type { Installation } from './installation.ts';

/** Clock ticks a second in /proc, on every Linux that Node runs on. */
const TICKS = 100;

/** Seconds of processor time that each part of an installation has used since it began, and the whole machine. */
export interface Used {
  readonly 'ocr main': number;
  readonly reader: number;
  readonly gateway: number;
  readonly PostgreSQL: number;
  readonly Redis: number;
  readonly 'pgBouncer, this program and all else': number;
  readonly machine: number;
}

export function processorUsed({ ocrs, gateways, postgres, redis }: Installation): Used {
  const mains = ocrs.map((service) => service.pid());
  // One look for all: one for each of 64 took seconds, of the window that is measured and of the cores that it needs.
  const processes = lookAtProcesses();
  const used = {
    'ocr main': sum(mains.map((pid) => secondsOf(pid))),
    reader: sum(mains.flatMap((pid) => processes.descendantsOf(pid)).map((pid) => secondsOf(pid))),
    gateway: sum(gateways.map((service) => secondsOf(service.pid()))),
    PostgreSQL: processorOf(postgres.pid),
    Redis: redis ? secondsOf(redis.pid) : 0,
  };
  const machine = secondsOfMachine();
  return { ...used, 'pgBouncer, this program and all else': machine - sum(Object.values(used)), machine };
}

/** Of a server and its processes, those that have ended included. */
export function processorOf(server: number): number {
  return sum([server, ...descendantsOf(server)].map((pid) => secondsOf(pid, pid === server)));
}

/** What was used between two looks. */
export function between(before: Used, after: Used): Used {
  return Object.fromEntries(
    Object.entries(after).map(([part, seconds]) => [part, seconds - before[part as keyof Used]]),
  ) as unknown as Used;
}

export const CORES = availableParallelism();

/** @param withReaped that of its children that have ended, too */
function secondsOf(pid: number, withReaped = false): number {
  const stat = read(`/proc/${pid}/stat`);
  // The name in brackets may hold anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return sum(fields.slice(11, withReaped ? 15 : 13).map(Number)) / TICKS;
}

function secondsOfMachine(): number {
  const [user, nice, system, , , interrupt, softInterrupt] = (/^cpu +(.*)$/m.exec(read('/proc/stat'))?.[1] ?? '')
    .split(' ')
    .map(Number);
  return sum([user, nice, system, interrupt, softInterrupt].map((ticks) => ticks ?? 0)) / TICKS;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0);
}

/** Empty when the process ended between two looks. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
