import { ContenderGone, type ContenderProcess, type Program, startContender } from './process.ts';

/** Several processes of one contender, that share work: whoever is free takes the next piece. */
export interface Crew {
  /** Works through all pieces. What `work` throws comes back in the piece's place, and a process that ended over one is replaced. */
  share<P, R>(pieces: readonly P[], work: (process: ContenderProcess, piece: P) => Promise<R>): Promise<(R | Error)[]>;
  /** Gives each process the same piece, at the same time; one that ended over it is replaced. */
  each(work: (process: ContenderProcess) => Promise<unknown>): Promise<void>;
  /** Peak resident bytes, summed over the processes that live; null without /proc. */
  peakRss(): number | null;
  stop(): Promise<void>;
}

export async function startCrew(program: Program, size: number): Promise<Crew> {
  const started = await Promise.allSettled(Array.from({ length: size }, () => startContender(program)));
  const crew = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const failed = started.find((one) => one.status === 'rejected');
  if (failed) {
    await Promise.all(crew.map((one) => one.stop()));
    throw failed.reason;
  }
  return {
    async share<P, R>(pieces: readonly P[], work: (process: ContenderProcess, piece: P) => Promise<R>) {
      const results: (R | Error)[] = [];
      let next = 0;
      const worker = async (seat: number) => {
        for (let index = next++; index < pieces.length; index = next++) {
          try {
            results[index] = await work(crew[seat]!, pieces[index]!);
          } catch (error) {
            if (!(error instanceof Error)) throw error;
            results[index] = error;
            if (error instanceof ContenderGone) crew[seat] = await startContender(program);
          }
        }
      };
      await Promise.all(crew.map((_, seat) => worker(seat)));
      return results;
    },
    async each(work) {
      await Promise.all(
        crew.map(async (one, seat) => {
          try {
            await work(one);
          } catch (error) {
            if (!(error instanceof ContenderGone)) throw error;
            crew[seat] = await startContender(program);
          }
        }),
      );
    },
    peakRss() {
      const peaks = crew.map((one) => one.peakRss());
      return peaks.reduce((sum, peak) => (sum === null || peak === null ? null : sum + peak), 0);
    },
    async stop() {
      await Promise.all(crew.map((one) => one.stop()));
    },
  };
}
