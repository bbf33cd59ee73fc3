import type { JobBody, PageBody, PageEntryBody, PageListBody, PageText } from '@docusnap/contracts';
import { hasEnded } from '@docusnap/contracts/job';
import { batch, computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { ask, call, newRequestName } from '../api/call.ts';
import { watchJob } from '../api/watch-job.ts';
import { openQueue } from './loading.ts';
import { ownFrame } from './own-frame.ts';
import { comparable } from './search.ts';

/** Pages asked for at a time: browsers keep six connections to a host, and the stream of events has one. */
const AT_A_TIME = 3;
/** Texts of pages that are kept; a dense page takes some hundred kilobytes. */
const KEPT_PAGES = 60;
const LISTED_PAGES = 1_000;
/** Milliseconds between two looks at the list of pages while a job is followed without its events. */
const LIST_PAUSE_MS = 1_000;
/** In a result as plain text, what stands in the place of a file that has no pages. */
const FAILED_FILE = /^\[file \d+, [^\n]*\]\n$/;

export interface PageState {
  readonly number: number;
  /** What is known of it without its text; null while nothing is. */
  readonly entry: Signal<PageEntryBody | null>;
  /** Null while it is not loaded. */
  readonly text: Signal<PageText | null>;
  /** Why its text could not be loaded. */
  readonly failure: Signal<unknown>;
}

/** A job that is shown: it follows what happens to it, and has its pages' texts as they are looked at. */
export interface OpenDocument {
  readonly id: string;
  /** Null until it is first heard of. */
  readonly job: ReadonlySignal<JobBody | null>;
  readonly erased: ReadonlySignal<boolean>;
  readonly failure: ReadonlySignal<unknown>;
  /** Numbers of the pages that there are so far, in order; where some were chosen there are gaps. */
  readonly numbers: ReadonlySignal<readonly number[]>;
  page(number: number): PageState;
  /** Somebody looks at a page, or does no longer. */
  look(number: number): void;
  lookAway(number: number): void;
  /** Texts to search, as they are compared; null until they are loaded, which they can be once the job has ended. */
  readonly searchTexts: ReadonlySignal<ReadonlyMap<number, string> | null>;
  /** Why they could not be loaded. */
  readonly searchFailure: ReadonlySignal<unknown>;
  loadSearchTexts(): Promise<void>;
  /** Follows it anew, after it was set to work again. */
  follow(): Promise<void>;
  retry(): Promise<void>;
  cancel(): Promise<void>;
  close(): void;
}

export function openDocument(id: string): OpenDocument {
  const job = signal<JobBody | null>(null);
  const erased = signal(false);
  const failure = signal<unknown>(null);
  const last = signal(0);
  const listed = signal<readonly number[]>([]);
  const isChosen = signal(false);
  const numbers = computed(() =>
    isChosen.value ? listed.value : Array.from({ length: last.value }, (_, index) => index + 1),
  );
  const searchTexts = signal<ReadonlyMap<number, string> | null>(null);
  const searchFailure = signal<unknown>(null);
  const pages = new Map<number, PageState>();
  const looked = new Set<number>();
  const loaded = new Set<number>();
  const queue = openQueue(AT_A_TIME);
  let stop: () => void = () => {};
  let closed = false;
  let listing = false;
  let unnumbered = false;
  let searchedVersion = '';

  const page = (number: number): PageState => {
    const known = pages.get(number);
    if (known) return known;
    const state: PageState = { number, entry: signal(null), text: signal(null), failure: signal(null) };
    pages.set(number, state);
    return state;
  };

  const take = (entry: PageEntryBody): void => {
    if (entry.number === null) {
      unnumbered = true;
      return;
    }
    const state = page(entry.number);
    const before = state.entry.peek();
    state.entry.value = entry;
    if (before?.status !== entry.status && entry.status !== 'done') state.text.value = null;
    last.value = Math.max(last.peek(), entry.number);
    if (!before) listed.value = [...listed.peek(), entry.number].sort((one, other) => one - other);
    if (looked.has(entry.number)) load(entry.number);
  };

  const load = (number: number): void => {
    const { entry, text } = page(number);
    if (text.peek() || entry.peek()?.status !== 'done') return;
    queue.add(number, () => loadText(number));
  };

  const loadText = async (number: number): Promise<void> => {
    const state = page(number);
    try {
      const { text } = await call<PageBody>(`/v1/jobs/${id}/pages/${number}`);
      await ownFrame();
      state.text.value = text;
      state.failure.value = null;
      loaded.delete(number);
      loaded.add(number);
      forgetOld();
    } catch (error) {
      state.failure.value = error;
    }
  };

  const forgetOld = (): void => {
    for (const number of loaded) {
      if (loaded.size <= KEPT_PAGES) return;
      if (looked.has(number)) continue;
      loaded.delete(number);
      page(number).text.value = null;
    }
  };

  const list = async (): Promise<void> => {
    let cursor: string | null = null;
    do {
      const after: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const part: PageListBody = await call<PageListBody>(`/v1/jobs/${id}/pages?limit=${LISTED_PAGES}${after}`);
      batch(() => part.pages.forEach(take));
      cursor = part.next_cursor;
    } while (cursor !== null && !closed);
  };

  const listSoon = (): void => {
    if (listing || closed) return;
    listing = true;
    void list()
      .catch((error) => {
        failure.value = error;
      })
      .then(() => new Promise((resolve) => setTimeout(resolve, LIST_PAUSE_MS)))
      .then(() => {
        listing = false;
      });
  };

  const watch = (): void => {
    stop();
    if (closed) return;
    stop = watchJob(id, {
      onJob: (now) => {
        job.value = now;
        failure.value = null;
        // Of chosen pages only the list says which they are.
        isChosen.value = now.options.pages !== undefined;
        if (now.options.pages !== undefined) unnumbered ||= listed.peek().length < (now.pages_total ?? 0);
        else last.value = Math.max(last.peek(), now.pages_total ?? 0);
        if (unnumbered) listSoon();
        unnumbered = false;
      },
      onPage: (entry) => (entry ? take(entry) : listSoon()),
      onErased: () => {
        erased.value = true;
      },
      onFailed: (error) => {
        failure.value = error;
      },
    });
  };

  const command = async (name: 'retry' | 'cancel'): Promise<void> => {
    job.value = await call<JobBody>(`/v1/jobs/${id}/${name}`, {
      method: 'POST',
      headers: { 'idempotency-key': newRequestName() },
    });
    await follow();
  };

  const follow = async (): Promise<void> => {
    await list();
    watch();
  };

  watch();
  return {
    id,
    job,
    erased,
    failure,
    numbers,
    page,
    searchTexts,
    searchFailure,
    look(number) {
      looked.add(number);
      load(number);
    },
    lookAway(number) {
      looked.delete(number);
      queue.drop(number);
    },
    async loadSearchTexts() {
      const now = job.peek() as JobBody | null;
      if (!now || !hasEnded(now.status)) return;
      // Pages read in a retry are to be searched, too.
      const version = `${now.finished_at}`;
      if (searchedVersion === version) return;
      searchedVersion = version;
      searchFailure.value = null;
      try {
        // A job of which nothing was read has no result.
        const text = now.pages_done === 0 ? '' : await (await ask(`/v1/jobs/${id}/result?format=text`)).text();
        const parts = text.split('\f').filter((part) => !FAILED_FILE.test(part));
        searchTexts.value = new Map(parts.map((part, index) => [numbers.peek()[index] ?? index + 1, comparable(part)]));
      } catch (error) {
        searchedVersion = '';
        searchFailure.value = error;
      }
    },
    follow,
    retry: () => command('retry'),
    cancel: () => command('cancel'),
    close() {
      closed = true;
      stop();
    },
  };
}
