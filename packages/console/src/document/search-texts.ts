import type { JobBody, PageBody } from '@docusnap/contracts';
import { hasEnded } from '@docusnap/contracts/job';
import { type ReadonlySignal, signal } from '@preact/signals';
import { ask, call } from '../api/call.ts';
import { linesOf } from './geometry.ts';
import { comparable } from './search.ts';

/** In a result as plain text, what stands in the place of a file that has no pages. */
const FAILED_FILE = /^\[file \d+, [^\n]*\]\n$/;
/** Pages of a document still being read after which what was found is shown: a new map for each would be a search for each. */
const SHOWN_TOGETHER = 10;

/** What a document says, as a search compares it. */
export interface SearchTexts {
  /** By page; null until there are some. While the document is read they are those of the pages that have been. */
  readonly texts: ReadonlySignal<ReadonlyMap<number, string> | null>;
  /** Why they could not be loaded. */
  readonly failure: ReadonlySignal<unknown>;
  load(): Promise<void>;
  close(): void;
}

export function openSearchTexts(
  id: string,
  {
    job,
    numbers,
    isRead,
  }: {
    readonly job: ReadonlySignal<JobBody | null>;
    /** Of the pages that there are, in order. */
    readonly numbers: ReadonlySignal<readonly number[]>;
    readonly isRead: (page: number) => boolean;
  },
): SearchTexts {
  const texts = signal<ReadonlyMap<number, string> | null>(null);
  const failure = signal<unknown>(null);
  const read = new Map<number, string>();
  let version = '';
  let isLoading = false;
  let closed = false;

  const isRunning = (): boolean => !closed && !hasEnded(job.peek()?.status ?? 'queued');

  /** One page after another, as they are read; the result of the whole comes in one answer, but only once there is one. */
  const loadRead = async (): Promise<void> => {
    if (isLoading) return;
    isLoading = true;
    const next = (): number | undefined => numbers.peek().find((page) => !read.has(page) && isRead(page));
    try {
      for (let page = next(); page !== undefined && isRunning(); page = next()) {
        const { text } = await call<PageBody>(`/v1/jobs/${id}/pages/${page}`);
        read.set(
          page,
          comparable(
            text === null
              ? ''
              : linesOf(text)
                  .flatMap((line) => line.text)
                  .join('\n'),
          ),
        );
        if (read.size % SHOWN_TOGETHER === 0 && isRunning()) texts.value = new Map(read);
      }
      if (isRunning()) texts.value = new Map(read);
    } finally {
      isLoading = false;
    }
  };

  const loadResult = async ({ pages_done: pages }: JobBody): Promise<void> => {
    // A job of which nothing was read has no result.
    const text = pages === 0 ? '' : await (await ask(`/v1/jobs/${id}/result?format=text`)).text();
    const parts = text.split('\f').filter((part) => !FAILED_FILE.test(part));
    texts.value = new Map(parts.map((part, index) => [numbers.peek()[index] ?? index + 1, comparable(part)]));
  };

  return {
    texts,
    failure,
    async load() {
      const now = job.peek() as JobBody | null;
      if (!now) return;
      // Pages read in a retry are to be searched, too.
      const wanted = hasEnded(now.status) ? `${now.finished_at}` : `${now.pages_done} pages`;
      if (version === wanted) return;
      version = wanted;
      failure.value = null;
      try {
        await (hasEnded(now.status) ? loadResult(now) : loadRead());
      } catch (error) {
        // The document ended meanwhile: what is shown is its result, or why there is none.
        if (!hasEnded(now.status) && !isRunning()) return;
        version = '';
        failure.value = error;
      }
    },
    close() {
      closed = true;
    },
  };
}
