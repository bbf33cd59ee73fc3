import type { SystemBody } from '@docusnap/contracts';
import { signal } from '@preact/signals';

/** Looks that are kept: ten minutes at one every two seconds, and for as long as the console is open. */
const MOST = 300;

export interface Look {
  /** Seconds since 1970. */
  readonly at: number;
  readonly toRead: number;
  readonly toUnderstand: number;
  readonly backlogSeconds: number | null;
  readonly pagesPerSecond: number | null;
  readonly readers: number;
  readonly pagesFailed: number;
}

/** What was seen since the console was opened, the oldest first. */
export const past = signal<readonly Look[]>([]);

export function remember(system: SystemBody): void {
  const at = Date.parse(system.at) / 1_000;
  if (past.value.at(-1)?.at === at) return;
  const look = {
    at,
    toRead: system.lanes.read.waiting,
    toUnderstand: system.lanes.understand.waiting,
    backlogSeconds: system.backlog_seconds,
    pagesPerSecond: system.pages_per_second,
    readers: system.readers,
    pagesFailed: system.today.pages_failed,
  };
  past.value = [...past.value.slice(-(MOST - 1)), look];
}
