/** Who asks for a reader: units of jobs, or callers that wait at `POST /v1/read`. */
export type ReaderLane = 'jobs' | 'direct';

/** When both lanes wait, this many units of jobs are taken for each direct caller: direct gets one reader of every four. */
export const JOBS_PER_DIRECT = 3;

/** Who waits for a reader, in order within a lane. */
export interface Turns<T> {
  enter(lane: ReaderLane, waiter: T): void;
  /** Takes a waiter out again that gave up; says whether it was still waiting. */
  leave(waiter: T): boolean;
  /** Takes the one whose turn it is; undefined when nobody waits. */
  next(): { readonly lane: ReaderLane; readonly waiter: T } | undefined;
  waiting(lane: ReaderLane): number;
  /** Direct callers wait and no unit does, yet the next reader is due to a unit if one comes. */
  jobsAreDue(): boolean;
  /** Takes all who wait. */
  clear(): T[];
}

export function openTurns<T>(): Turns<T> {
  const queues: Record<ReaderLane, T[]> = { jobs: [], direct: [] };
  let jobsInARow = 0;
  const laneToServe = (): ReaderLane => {
    if (queues.direct.length === 0) return 'jobs';
    if (queues.jobs.length === 0) return 'direct';
    return jobsInARow >= JOBS_PER_DIRECT ? 'direct' : 'jobs';
  };
  return {
    enter: (lane, waiter) => queues[lane].push(waiter),
    leave(waiter) {
      for (const queue of Object.values(queues)) {
        const at = queue.indexOf(waiter);
        if (at < 0) continue;
        queue.splice(at, 1);
        return true;
      }
      return false;
    },
    next() {
      const lane = laneToServe();
      const waiter = queues[lane].shift();
      if (waiter === undefined) return undefined;
      // Only jobs that went ahead of a waiting direct caller count towards that caller's turn.
      jobsInARow = lane === 'jobs' && queues.direct.length > 0 ? jobsInARow + 1 : 0;
      return { lane, waiter };
    },
    jobsAreDue: () => queues.direct.length > 0 && queues.jobs.length === 0 && jobsInARow < JOBS_PER_DIRECT,
    waiting: (lane) => queues[lane].length,
    clear: () => [...queues.jobs.splice(0), ...queues.direct.splice(0)],
  };
}
