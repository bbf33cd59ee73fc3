type Feeds = Readonly<Record<string, unknown>>;

interface Session {
  run(feeds: Feeds, ...rest: readonly unknown[]): Promise<Feeds>;
}

/** What is seen of the inference of this process. */
export interface Inference {
  /** Milliseconds inside `run` so far, summed over all sessions. */
  ms(): number;
  /** Everything that `read` gives to sessions, to be given again, once: `again` returns the milliseconds inside `run` alone. */
  record(read: () => Promise<unknown>): Promise<{ again(): Promise<number> }>;
}

/** What a runtime's tensors are handled with. */
export interface Tensors {
  /** Tensors of the same numbers in memory of their own, because engines may fill their buffers anew for the next line. */
  copy(feeds: Feeds): Feeds;
  /** Gives their memory back. */
  drop(tensors: Feeds): void;
}

interface Call {
  readonly session: Session;
  readonly feeds: Feeds;
  readonly rest: readonly unknown[];
}

/**
 * Puts a clock around `run` of every session of the class, whoever holds it: engines and peers differ in what they wrap around it, and this is the
 * one place where all of them enter the runtime. Sessions of worker threads are not seen, because each thread has classes of its own.
 *
 * @param sessions the class, such as onnxruntime's InferenceSession, whose type names no prototype though it has one
 * @param tensors how they are kept and let go: what is left to the collector it collects while the next page is read, which would be charged to that
 */
export function watchInference(sessions: object, { copy, drop }: Tensors): Inference {
  const { prototype } = sessions as { prototype: Session };
  const { run } = prototype;
  let total = 0;
  let calls: Call[] | null = null;
  prototype.run = async function timed(this: Session, feeds, ...rest) {
    calls?.push({ session: this, feeds: copy(feeds), rest });
    const started = performance.now();
    try {
      return await run.call(this, feeds, ...rest);
    } finally {
      total += performance.now() - started;
    }
  };
  return {
    ms: () => total,
    async record(read) {
      const recorded: Call[] = [];
      calls = recorded;
      try {
        await read();
      } finally {
        calls = null;
      }
      return {
        async again() {
          if (recorded.length === 0) throw new Error('Nothing was recorded, or it was let go.');
          let ms = 0;
          for (const { session, feeds, rest } of recorded.splice(0)) {
            const started = performance.now();
            const outputs = await run.call(session, feeds, ...rest);
            ms += performance.now() - started;
            drop(feeds);
            drop(outputs);
          }
          return ms;
        },
      };
    },
  };
}
