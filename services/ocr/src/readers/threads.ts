/** Inference threads that a page may use; to be given back when it is read. */
export interface Grant {
  readonly threads: number;
  giveBack(): void;
}

/** Who gets the cores of idle readers. */
export interface Threads<Reader extends object> {
  /** One thread for the page, and one more for each idle reader whose core nobody was granted yet, within the limits. */
  grant(reader: Reader, options: { idle: number; alive: readonly Reader[] }): Grant;
  /** How many threads, beyond its first, this reader was once granted and so has in memory. */
  kept(reader: Reader): number;
}

export interface ThreadsOptions {
  /** Readers, and so cores, that there are. */
  readonly readers: number;
  /** Threads that one page may have. */
  readonly most: number;
}

/**
 * A reader keeps the threads it once had, each with a model in memory, so all of them together may have only one less than there are readers: what
 * the first page needs that comes alone. Pages that come while it is read go on with one thread each, for the moment more than there are cores.
 */
export function openThreads<Reader extends object>({ readers, most }: ThreadsOptions): Threads<Reader> {
  const keeping = new WeakMap<Reader, number>();
  const kept = (reader: Reader) => keeping.get(reader) ?? 0;
  let lent = 0;
  return {
    grant(reader, { idle, alive }) {
      const keptByAll = alive.reduce((sum, one) => sum + kept(one), 0);
      const mayKeep = kept(reader) + Math.max(0, readers - 1 - keptByAll);
      const more = Math.max(0, Math.min(most - 1, idle - lent, mayKeep));
      keeping.set(reader, Math.max(more, kept(reader)));
      lent += more;
      let held = true;
      return {
        threads: 1 + more,
        giveBack() {
          if (held) lent -= more;
          held = false;
        },
      };
    },
    kept,
  };
}
