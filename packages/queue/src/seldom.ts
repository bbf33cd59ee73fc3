const QUIET_MS = 10_000;
/** Different messages remembered at a time. */
const MOST_MESSAGES = 100;

/** Passes on errors, the same message at most once in ten seconds: an outage makes every retry of every connection fail in the same words. */
export function seldom(onError: (error: unknown) => void): (error: unknown) => void {
  const lastByMessage = new Map<string, number>();
  return (error) => {
    const message = error instanceof Error ? error.message : String(error);
    const now = performance.now();
    if (now - (lastByMessage.get(message) ?? -QUIET_MS) < QUIET_MS) return;
    if (lastByMessage.size >= MOST_MESSAGES) lastByMessage.clear();
    lastByMessage.set(message, now);
    onError(error);
  };
}
