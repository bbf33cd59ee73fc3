import type { DocuSnap } from '../../docusnap.ts';
import type { Job } from '../../generated/api.ts';
import type { SubmitOptions } from '../../jobs/submit.ts';

/** One part of a result, as it is written or printed. */
export interface Content {
  readonly extension: string;
  readonly content: string | Uint8Array;
}

/** What is done with each file. */
export interface Work {
  readonly ask: SubmitOptions;
  /** Of the files that are written. */
  readonly extensions: readonly string[];
  /** Names what is asked, formats included: files that were read otherwise are read again. */
  readonly asked: string;
  readonly fetch: (docusnap: DocuSnap, job: Job, signal: AbortSignal) => Promise<readonly Content[]>;
}

/** What became of a file. */
export interface Outcome {
  readonly path: string;
  readonly status: 'read' | 'partial' | 'failed' | 'skipped';
  readonly job: string | null;
  readonly pages: number;
  /** Why pages or the file failed, in words. */
  readonly failures: readonly string[];
  /** Paths of the files written. */
  readonly outputs: readonly string[];
  /** Where there is no folder to write to. */
  readonly contents: readonly Content[];
  readonly error?: { readonly code: string; readonly message: string; readonly retryable: boolean } | undefined;
}
