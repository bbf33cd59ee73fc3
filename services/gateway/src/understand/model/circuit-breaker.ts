import { AppError } from '@docusnap/contracts';

/** Failures in a row after which nobody asks any more. */
const MOST_FAILURES = 5;
/** Then one request in so long finds out whether that has changed. */
const OPEN_MS = 30_000;

export interface CircuitBreaker {
  /** Runs a call unless the last ones failed; then throws `llm_unavailable` at once, but for one call in a while. */
  run<Result>(call: () => Promise<Result>): Promise<Result>;
}

/** Failures that say that the server is away, slow or out of order; others say that it is there. */
const OF_THE_SERVER: readonly string[] = ['llm_unavailable', 'llm_timeout'];

/** @param now milliseconds of a clock that never goes back */
export function openCircuitBreaker(now: () => number): CircuitBreaker {
  let failures = 0;
  let openUntil = 0;
  let probing = false;

  return {
    async run(call) {
      const isProbe = failures >= MOST_FAILURES;
      if (isProbe) {
        const wait = openUntil - now();
        if (probing || wait > 0) {
          throw new AppError('llm_unavailable', 'It failed several times in a row, and is left alone for a while.', {
            retryAfter: Math.max(1, Math.ceil(wait / 1000)),
          });
        }
        probing = true;
      }
      try {
        const result = await call();
        failures = 0;
        return result;
      } catch (error) {
        if (error instanceof AppError && OF_THE_SERVER.includes(error.code)) {
          failures += 1;
          openUntil = now() + OPEN_MS;
        } else if (error instanceof AppError) failures = 0;
        throw error;
      } finally {
        if (isProbe) probing = false;
      }
    },
  };
}
