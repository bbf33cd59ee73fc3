import type { StageTimes } from '@docusnap/contracts';

/** Adds up milliseconds by stage name. */
export interface Stopwatch {
  /** The time since the last lap (or the start) belongs to this stage. */
  lap(stage: string): void;
  /** All the time since `sinceMs` (as of `now`) belongs to this stage too, whatever laps it held; the next lap begins now. */
  span(stage: string, sinceMs: number): void;
  now(): number;
  times(): StageTimes;
}

/** @param sinceMs when it begins, as of `performance.now`: 0 is the start of the process */
export function startStopwatch(sinceMs = performance.now()): Stopwatch {
  const times: Record<string, number> = {};
  let last = sinceMs;
  const add = (stage: string, milliseconds: number) => {
    times[stage] = (times[stage] ?? 0) + milliseconds;
  };
  return {
    lap(stage) {
      const now = performance.now();
      add(stage, now - last);
      last = now;
    },
    span(stage, sinceMs) {
      last = performance.now();
      add(stage, last - sinceMs);
    },
    now: () => performance.now(),
    times: () => Object.fromEntries(Object.entries(times).map(([stage, ms]) => [stage, Math.round(ms * 100) / 100])),
  };
}
