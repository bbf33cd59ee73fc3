import type { JobBody, PageBody, PageEntryBody, PageListBody, PageText } from '@docusnap/contracts';
import { batch, computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { ask, call, newRequestName } from '../api/call.ts';
import { watchJob } from '../api/watch-job.ts';
import { openQueue } from './loading.ts';
import { ownFrame } from './own-frame.ts';
import { openSearchTexts, type SearchTexts } from './search-texts.ts';

/** Pages asked for at a time: browsers keep six connections to a host, and the stream of events has one. */
const AT_A_TIME = 3;
/**
 * Answers that are kept, as they came. A dense page is a hundred kilobytes so, and one object; as what is drawn from it is ten thousand, each of which the
 * collector of garbage visits: sixty of them held up the page for 50 ms at a time.
 */
const KEPT_PAGES = 60;
const LISTED_PAGES = 1_000;
/** Milliseconds between two looks at the list of pages while a job is followed without its events. */
const LIST_PAUSE_MS = 1_000;

export interface PageState {
  readonly number: number;
  /** What is known of it without its text; null while nothing is. */
  readonly entry: Signal<PageEntryBody | null>;
  /** Null while it is not loaded, or nobody looks at it. */
  readonly text: Signal<PageText | null>;
  /** Its size in pixels, once it was loaded. */
  readonly shape: Signal<Pick<PageText, 'width' | 'height'> | null>;
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
  readonly search: SearchTexts;
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
  const pages = new Map<number, PageState>();
  const looked = new Set<number>();
  const kept = new Map<number, string>();
  const queue = openQueue(AT_A_TIME);
  let stop: () => void = () => {};
  let closed = false;
  let listing = false;
  let unnumbered = false;

  const page = (number: number): PageState => {
    const known = pages.get(number);
    if (known) return known;
    const state: PageState = {
      number,
      entry: signal(null),
      text: signal(null),
      shape: signal(null),
      failure: signal(null),
    };
    pages.set(number, state);
    return state;
  };

  const search = openSearchTexts(id, {
    job,
    numbers,
    isRead: (number) => page(number).entry.peek()?.status === 'done',
  });

  const take = (entry: PageEntryBody): void => {
    if (entry.number === null) {
      unnumbered = true;
      return;
    }
    const state = page(entry.number);
    const before = state.entry.peek();
    state.entry.value = entry;
    if (before?.status !== entry.status && entry.status !== 'done') {
      kept.delete(entry.number);
      state.text.value = null;
    }
    last.value = Math.max(last.peek(), entry.number);
    if (!before) listed.value = [...listed.peek(), entry.number].sort((one, other) => one - other);
    if (looked.has(entry.number)) load(entry.number);
  };

  const load = (number: number): void => {
    const { entry, text } = page(number);
    if (text.peek() || entry.peek()?.status !== 'done') return;
    if (kept.has(number)) draw(number);
    else queue.add(number, () => loadText(number));
  };

  const loadText = async (number: number): Promise<void> => {
    try {
      const answer = await (await ask(`/v1/jobs/${id}/pages/${number}`)).text();
      if (closed) return;
      keep(number, answer);
      await ownFrame();
      if (looked.has(number) && kept.has(number)) draw(number);
    } catch (error) {
      page(number).failure.value = error;
    }
  };

  const draw = (number: number): void => {
    const state = page(number);
    const answer = kept.get(number) as string;
    keep(number, answer);
    const { text } = JSON.parse(answer) as PageBody;
    state.shape.value = text && { width: text.width, height: text.height };
    state.text.value = text;
    state.failure.value = null;
  };

  /** What was looked at last is forgotten last. */
  const keep = (number: number, answer: string): void => {
    kept.delete(number);
    kept.set(number, answer);
    for (const oldest of kept.keys()) {
      if (kept.size <= KEPT_PAGES) return;
      kept.delete(oldest);
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
    search,
    look(number) {
      looked.add(number);
      load(number);
    },
    lookAway(number) {
      looked.delete(number);
      queue.drop(number);
      page(number).text.value = null;
    },
    follow,
    retry: () => command('retry'),
    cancel: () => command('cancel'),
    close() {
      closed = true;
      search.close();
      stop();
    },
  };
}
