/** Work that goes on in one process, side by side but for what wants to be alone there. */
export interface Company {
  /** Begins at once, unless something is alone or waits to be; what is to be alone begins when all else has ended. */
  run<Result>(work: () => Promise<Result>, options: { readonly alone: boolean }): Promise<Result>;
}

export function openCompany(): Company {
  const inHand = new Set<Promise<unknown>>();
  /** The end of what came last of all that wants to be alone; undefined once that has come. */
  let last: Promise<void> | undefined;

  const begin = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const done = work();
    const forget = () => void inHand.delete(done);
    inHand.add(done);
    done.then(forget, forget);
    return done;
  };
  const beginAlone = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    await last;
    // Those that waited for the same have begun: they asked before.
    await Promise.allSettled(inHand);
    return begin(work);
  };

  return {
    run(work, { alone }) {
      if (!alone) return last === undefined ? begin(work) : last.then(() => begin(work));
      const done = beginAlone(work);
      const over = () => {
        if (last === ended) last = undefined;
      };
      const ended: Promise<void> = done.then(over, over);
      last = ended;
      return done;
    },
  };
}
