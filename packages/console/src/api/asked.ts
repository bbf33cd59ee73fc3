import { signal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { call } from './call.ts';
import { explain } from './explain.ts';

/** What the API answered to one question, now and again. */
export interface Asked<T> {
  /** The last good answer; undefined before there was one. */
  readonly value: T | undefined;
  /** Why the last question failed, in the page's language. */
  readonly error: string | null;
  /** Asks again; resolves when it is answered. */
  readonly reload: () => Promise<void>;
}

/**
 * Asks at once, when the path changes, and every so often while the page is seen; in a tab in the background until there is a first answer. A null
 * path asks nothing.
 *
 * @param options.everyMs milliseconds from one answer to the next question
 */
export function useAsked<T>(path: string | null, options: { readonly everyMs?: number | undefined } = {}): Asked<T> {
  const state = useMemo(() => signal<{ value?: T; error: unknown }>({ error: null }), [path]);
  const { everyMs } = options;
  const ask = useMemo(
    () =>
      async (signalled?: AbortSignal): Promise<void> => {
        if (path === null) return;
        try {
          state.value = { value: await call<T>(path, { signal: signalled }), error: null };
        } catch (error) {
          if (!signalled?.aborted) state.value = { ...state.value, error };
        }
      },
    [path, state],
  );
  useEffect(() => {
    const over = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const round = async (): Promise<void> => {
      if (!document.hidden || state.peek().value === undefined) await ask(over.signal);
      if (everyMs !== undefined && !over.signal.aborted) timer = setTimeout(round, everyMs);
    };
    void round();
    return () => {
      over.abort();
      clearTimeout(timer);
    };
  }, [ask, everyMs]);
  const { value, error } = state.value;
  return { value, error: error === null ? null : explain(error), reload: () => ask() };
}
