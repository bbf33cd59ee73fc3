import { type Resident, residentOf } from './resident.ts';

/** How often memory is looked at. */
const SAMPLE_MS = 200;

/** A look at the memory of the service when so many pages were done. */
export interface Look extends Resident {
  readonly pages: number;
}

export interface Watch {
  /** How many pages are done from now on. */
  done(pages: number): void;
  /** Ends the watch; throws what went wrong while looking. */
  end(): readonly Look[];
}

export function watchMemory(pid: number): Watch {
  const looks: Look[] = [];
  let pages = 0;
  let failure: unknown = null;
  const timer = setInterval(() => {
    try {
      looks.push({ pages, ...residentOf(pid) });
    } catch (error) {
      failure ??= error;
    }
  }, SAMPLE_MS);
  return {
    done(count) {
      pages = count;
    },
    end() {
      clearInterval(timer);
      if (failure !== null) throw failure;
      return looks;
    },
  };
}
