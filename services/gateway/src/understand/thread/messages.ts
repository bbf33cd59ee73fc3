import type { Failure, TokenUsage } from '@docusnap/contracts';
import type { PagePicture } from '@docusnap/extraction';

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

/** `cancel`: nobody waits for that answer any more. `alive?` is answered at once, unless something holds the thread. */
export type ToThread = Question | { readonly cancel: number } | Given | 'alive?';

/** What was understood for another job, and what opens it. */
export interface Known {
  readonly jobId: string;
  readonly dataKey: Uint8Array;
  readonly sealed: Uint8Array;
}

/** What the thread needs to go on with a question: what was understood before with this fingerprint, or pictures of the pages. */
export type Need = { readonly fingerprint: Uint8Array } | 'pictures';

/** The answer to a need of the question with the id `to`; null where it cannot be had. */
export interface Given {
  readonly to: number;
  readonly given: { readonly known: Known | null } | { readonly pictures: readonly PagePicture[] } | null;
}

/** One question to the language model, with all its tries. */
export interface ModelCall {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly ms: number;
  /** "ok" or the code of the error. */
  readonly outcome: string;
  readonly usage: TokenUsage;
}

export type Answer =
  | 'alive'
  | {
      readonly id: number;
      readonly sealed: Uint8Array;
      readonly usage: TokenUsage;
      /** What it is to be found by later; null where it is not. */
      readonly fingerprint: Uint8Array | null;
    }
  | { readonly id: number; readonly need: Need }
  | { readonly id: number; readonly call: ModelCall }
  | {
      readonly id: number;
      readonly failure: Failure;
      readonly retryAfter: number | undefined;
      readonly usage: TokenUsage;
    };
