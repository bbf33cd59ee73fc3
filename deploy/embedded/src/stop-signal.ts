/** Ctrl-C in a terminal arrives several times at once: from the terminal, from npm and from the launcher. */
const SAME_REQUEST_MS = 1_000;

export interface StopSignal {
  /** Aborted by the first request. */
  readonly signal: AbortSignal;
  readonly requested: Promise<void>;
  /** Asks as a signal would. */
  request(): void;
}

/**
 * Listens for requests to stop: SIGINT, SIGTERM, SIGHUP, or the end of the process that started this one. A second request, made
 * later than the first, calls `onImpatience`.
 */
export function openStopSignal(onImpatience: () => void): StopSignal {
  const stopping = new AbortController();
  let first = 0;
  const request = (): void => {
    if (!stopping.signal.aborted) {
      first = Date.now();
      stopping.abort();
    } else if (Date.now() - first > SAME_REQUEST_MS) {
      onImpatience();
    }
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, request);
  if (process.connected) process.once('disconnect', request);
  const requested = new Promise<void>((resolve) => stopping.signal.addEventListener('abort', () => resolve()));
  return { signal: stopping.signal, requested, request };
}
