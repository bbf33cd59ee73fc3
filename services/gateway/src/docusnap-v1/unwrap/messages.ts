import type { V1Fields } from '../asked.ts';
import type { RequestCode, TaskCode } from '../codes.ts';

/** The body of a request to process, and the job it will be if all is well. */
export interface Question {
  readonly id: number;
  readonly body: Uint8Array;
  readonly jobId: string;
  /** The job's data key, in the clear. */
  readonly dataKey: Uint8Array;
}

/** What a request is, in the order in which it is to be told: without fields it is refused before anything else is looked at. */
export type Unwrapped =
  | { readonly fields: null; readonly refusal: RequestCode }
  | { readonly fields: V1Fields; readonly content: OpenedContent | null };

/** What its content is. */
export type OpenedContent =
  | { readonly kind: 'refused'; readonly code: RequestCode }
  /** A task that has failed before it began. */
  | { readonly kind: 'failed'; readonly code: TaskCode }
  /** Images, none for filling a form; and the UnderstandingRequest with the client's key, sealed under the job's data key. */
  | { readonly kind: 'opened'; readonly images: readonly Uint8Array[]; readonly request: Uint8Array };

export type Answer =
  | { readonly id: number; readonly unwrapped: Unwrapped }
  | { readonly id: number; readonly failed: string };
