import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { ask, CallError } from '../api/call.ts';
import { explain, isCode } from '../api/explain.ts';
import { words } from './words.ts';

/** Pixels across of the pictures that the server has of a page. */
export const SMALL = 320;
export const LARGE = 1_600;
/** Milliseconds before a picture that is still being made is asked for again, at least. */
const AGAIN_MS = 700;

export function pictureAddress(jobId: string, page: number, width = LARGE): string {
  return `/v1/jobs/${jobId}/pages/${page}/image?width=${width}`;
}

/**
 * A picture that may still be being made: `attempt` is its key, a new one when it is to be loaded again; `said` is why it is not there. Give both
 * handlers to the element that shows it.
 */
export function usePicture(address: string) {
  const attempt = useSignal(0);
  const said = useSignal<string | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const gone = useRef(new AbortController());
  useEffect(
    () => () => {
      clearTimeout(timer.current);
      gone.current.abort();
    },
    [],
  );
  const look = async () => {
    const w = words();
    try {
      await ask(address, { signal: gone.current.signal });
      attempt.value += 1;
    } catch (error) {
      if (gone.current.signal.aborted) return;
      if (!isCode(error, 'image_not_ready')) {
        said.value = isCode(error, 'image_not_made') ? w.noPicture : (explain(error) ?? w.noPicture);
        return;
      }
      said.value = w.pictureComing;
      const rest = error instanceof CallError ? (error.retryAfter ?? 0) * 1_000 : 0;
      timer.current = setTimeout(() => void look(), Math.max(AGAIN_MS, rest));
    }
  };
  return {
    attempt: attempt.value,
    said: said.value,
    onLoad: () => {
      said.value = null;
    },
    onError: () => void look(),
  };
}
