import type { Failure, TokenUsage } from '@docusnap/contracts';

/** A page as it is stored. */
export interface StoredPage {
  /** From 1. */
  readonly number: number;
  readonly fileIndex: number;
  readonly fileFrame: number;
  readonly sealed: Uint8Array;
}

/** Understand the pages of a job. All that is sealed is opened in the thread, and what was understood leaves it sealed. */
export interface Question {
  readonly id: number;
  readonly jobId: string;
  /** The job's data key, in the clear. */
  readonly dataKey: Uint8Array;
  /** The sealed UnderstandingRequest. */
  readonly request: Uint8Array;
  /** In order. */
  readonly pages: readonly StoredPage[];
}

/** `cancel`: nobody waits for that answer any more. */
export type ToThread = Question | { readonly cancel: number };

export type Answer =
  | { readonly id: number; readonly sealed: Uint8Array; readonly usage: TokenUsage }
  | { readonly id: number; readonly failure: Failure; readonly retryAfter: number | undefined };
