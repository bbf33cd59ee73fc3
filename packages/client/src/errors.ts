import type { ErrorCode, Job } from './generated/api.ts';

/** What this client finds out by itself, beside what the server says. */
export type ClientErrorCode =
  | 'unreachable'
  | 'timed_out'
  | 'unexpected_answer'
  | 'file_unreadable'
  | 'schema_unsupported';

export interface ErrorFacts {
  readonly code: ErrorCode | ClientErrorCode;
  readonly message: string;
  readonly retryable?: boolean;
  /** Of the answer; undefined where there was none. */
  readonly status?: number | undefined;
  readonly retryAfterSeconds?: number | undefined;
  /** Names the request in the server's logs. */
  readonly requestId?: string | undefined;
  /** The job that failed, where one did. */
  readonly job?: Job | undefined;
  readonly cause?: unknown;
}

/** Every failure but an abort, which throws the reason of its signal. `message` says what happened and what to do. */
export class DocuSnapError extends Error {
  override readonly name = 'DocuSnapError';
  readonly code: ErrorCode | ClientErrorCode;
  readonly retryable: boolean;
  readonly status: number | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly requestId: string | undefined;
  readonly job: Job | undefined;

  constructor(facts: ErrorFacts) {
    super(facts.message, { cause: facts.cause });
    this.code = facts.code;
    this.retryable = facts.retryable ?? false;
    this.status = facts.status;
    this.retryAfterSeconds = facts.retryAfterSeconds;
    this.requestId = facts.requestId;
    this.job = facts.job;
  }
}

/**
 * Whether it is an error of DocuSnap, with one of these codes where any are named. Also true for errors of another copy of this package, as when one
 * part of a program imports it and another requires it.
 */
export function isDocuSnapError<Code extends ErrorCode | ClientErrorCode = ErrorCode | ClientErrorCode>(
  error: unknown,
  ...codes: readonly Code[]
): error is DocuSnapError & { readonly code: Code } {
  if (!(error instanceof Error) || error.name !== 'DocuSnapError' || !('code' in error)) return false;
  return codes.length === 0 || (codes as readonly unknown[]).includes(error.code);
}
