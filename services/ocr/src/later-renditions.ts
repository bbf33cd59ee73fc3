import type { Loan, Readers } from './readers/pool.ts';
import type { PageToShow } from './renditions.ts';

/** Milliseconds between looks whether a reader is idle. */
const LOOK_MS = 50;
/** After so many milliseconds a page's images wait for no idle reader any more: they take their turn among the pages. */
const MOST_WAIT_MS = 30_000;
/** With more pages than this behind it no page is put off: its reader makes its images at once, which holds up what makes them so many. */
const MOST_PAGES = 2_000;

export interface LaterOptions {
  /** Makes them and gives the reader back; never throws. */
  readonly make: (reader: Loan, page: PageToShow) => Promise<void>;
  /** Milliseconds; another than the usual for tests. */
  readonly mostWaitMs?: number;
}

/**
 * Makes the images of pages whose text was had without rendering them when readers have nothing better to do. Rendering such a page and encoding
 * it takes almost as long as reading it (84 and 104 ms of processor time were measured), so that a PDF with text would be read at half the speed; of a
 * page that was read from its pixels they cost a few hundredths. What waits when the process ends is lost: those pages have no images.
 */
export interface LaterRenditions {
  /** False when too many wait. */
  add(page: PageToShow): boolean;
  /** Resolves when nothing is in hand any more. */
  close(): Promise<void>;
}

export function openLaterRenditions(
  readers: Readers,
  { make, mostWaitMs = MOST_WAIT_MS }: LaterOptions,
): LaterRenditions {
  const waiting: { readonly page: PageToShow; readonly since: number }[] = [];
  const closing = new AbortController();
  let working: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;

  const borrow = async (since: number): Promise<Loan | undefined> => {
    if (performance.now() - since < mostWaitMs) return readers.borrowIdle();
    // Told to stop, or its reader could not be replaced: then there is nobody to make them.
    return readers.borrow('jobs', { signal: closing.signal }).catch(() => undefined);
  };

  const work = async (): Promise<void> => {
    for (let next = waiting[0]; next && !closing.signal.aborted; next = waiting[0]) {
      const reader = await borrow(next.since);
      if (!reader) return;
      waiting.shift();
      await make(reader, next.page);
    }
  };

  const look = (): void => {
    timer = undefined;
    working ??= work().finally(() => {
      working = undefined;
      if (waiting.length > 0 && !closing.signal.aborted) timer ??= setTimeout(look, LOOK_MS);
    });
  };

  return {
    add(page) {
      if (closing.signal.aborted || waiting.length >= MOST_PAGES) return false;
      waiting.push({ page, since: performance.now() });
      if (!working) timer ??= setTimeout(look, LOOK_MS);
      return true;
    },
    async close() {
      closing.abort();
      clearTimeout(timer);
      await working;
    },
  };
}
