/** What was found wrong, once for each kind. */
export interface Finding {
  /** `GET /v1/jobs/{id}: answered 500`. */
  readonly what: string;
  /** A request that shows it, as small as it could be made. */
  readonly curl: string;
  /** Of the answer, to find it in the log. */
  readonly requestId?: string;
}

/** What has come of the requests so far. */
export interface Tally {
  requests: number;
  slowestMs: number;
  /** Answers by status; 0 is none. */
  readonly byStatus: Map<number, number>;
  /** Operations that were done at least once: answered by 2xx. */
  readonly done: Set<string>;
  readonly findings: Map<string, Finding>;
  /** Answers of 500 and more that are not 503. */
  failures: number;
}

export const openTally = (): Tally => ({
  requests: 0,
  slowestMs: 0,
  byStatus: new Map(),
  done: new Set(),
  findings: new Map(),
  failures: 0,
});

export function count(tally: Tally, { status, ms }: { readonly status: number; readonly ms: number }): void {
  tally.requests += 1;
  tally.slowestMs = Math.max(tally.slowestMs, ms);
  tally.byStatus.set(status, (tally.byStatus.get(status) ?? 0) + 1);
  if (status >= 500 && status !== 503) tally.failures += 1;
}
