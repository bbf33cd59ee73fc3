import { AppError, type Failure, type TokenUsage } from '@docusnap/contracts';
import { asError } from '../jobs/stored-failure.ts';

/** An attempt that failed, with what it cost. */
export class FailedAttempt extends AppError {
  readonly usage: TokenUsage;

  constructor(failure: Failure, retryAfter: number | undefined, usage: TokenUsage) {
    const { code, message, retryAfter: known } = asError(failure, retryAfter);
    super(code, undefined, known === undefined ? {} : { retryAfter: known });
    this.message = message;
    this.usage = usage;
  }
}

/** Tokens that an attempt cost before it failed; none are known of one that was cut short. */
export function tokensSpent(error: unknown): TokenUsage {
  return error instanceof FailedAttempt ? error.usage : { prompt_tokens: 0, completion_tokens: 0 };
}
