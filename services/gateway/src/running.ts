/** Keeps count of what is under way. */
export interface Running {
  /** Hands the promise through and remembers it until it settles. */
  track<T>(work: Promise<T>): Promise<T>;
  /** Resolves when nothing is under way any more. */
  settled(): Promise<void>;
}

export function openRunning(): Running {
  // A count, not a Set of promises: see the map of gather.ts, in packages/db.
  let running = 0;
  let none: PromiseWithResolvers<void> | undefined;
  const forget = (): void => {
    running -= 1;
    if (running > 0) return;
    none?.resolve();
    none = undefined;
  };
  return {
    track: (work) => {
      running += 1;
      work.then(forget, forget);
      return work;
    },
    settled: async () => {
      while (running > 0) {
        none ??= Promise.withResolvers();
        await none.promise;
      }
    },
  };
}
