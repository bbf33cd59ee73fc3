import type { Fleet } from '../fleet.ts';

/** What can go wrong, as figures and logs name it. */
export const FAULT_KINDS = [
  'gateway killed',
  'ocr killed',
  'ocr paused',
  'reader killed',
  'redis killed, back empty',
  'redis killed, back with its data',
  'postgres stopped',
  'postgres paused',
  'disk full',
  'disk slow',
  'network cut',
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/** Those that end a process. */
export const KILLS: ReadonlySet<FaultKind> = new Set([
  'gateway killed',
  'ocr killed',
  'reader killed',
  'redis killed, back empty',
  'redis killed, back with its data',
  'postgres stopped',
]);

/** A fault that is about to happen. */
export interface Fault {
  readonly kind: FaultKind;
  /** What it hits: of several faults at a time, each hits something else. */
  readonly targets: readonly string[];
  /** What is told of it: how long, between whom. */
  readonly words: string;
  /** Does it, and undoes it: what was killed is started again. Gives the processes that it killed. */
  run(): Promise<readonly number[]>;
}

/** A fault that was. Times are Date.now(). */
export interface Happened {
  readonly kind: FaultKind;
  readonly targets: readonly string[];
  readonly words: string;
  readonly from: number;
  /** When it was undone. */
  readonly until: number;
  readonly killed: readonly number[];
}

/** Draws a fault of its kind for a fleet, no longer than so many milliseconds; null where it cannot be now. */
export type Draw = (fleet: Fleet, random: () => number, mostMs: number) => Fault | null;

/** A whole number of milliseconds between two. */
export function between(random: () => number, least: number, most: number): number {
  return Math.round(least + random() * (most - least));
}

export function oneOf<T>(random: () => number, all: readonly T[]): T | undefined {
  return all[Math.floor(random() * all.length)];
}
