/** Things that are tried, one after another; each says in a line how it went. */
export interface Trials {
  /** Runs it; what it throws is its failure. */
  try<Result>(name: string, act: () => Promise<Result>): Promise<Result | undefined>;
  /** Under CI=true what is not run is a failure, since nobody would notice. */
  notRun(name: string, why: string): void;
  count(): number;
  failed(): number;
}

export function openTrials(): Trials {
  let count = 0;
  let failed = 0;
  return {
    async try(name, act) {
      count += 1;
      const began = performance.now();
      try {
        const result = await act();
        console.error(`ok      ${name}  (${Math.round(performance.now() - began)} ms)`);
        return result;
      } catch (error) {
        failed += 1;
        console.error(`FAILED  ${name}\n${error instanceof Error ? error.message : String(error)}`);
        return undefined;
      }
    },
    notRun(name, why) {
      console.error(`not run: ${name}: ${why}`);
      if (process.env.CI === 'true') failed += 1;
    },
    count: () => count,
    failed: () => failed,
  };
}
