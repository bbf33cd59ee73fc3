import { AppError, ERRORS, type Failure } from '@docusnap/contracts';

/** A stored failure as the error it was. */
export function asError({ code, message }: Failure, retryAfter?: number): AppError {
  // A stored message is the table's own words and, after them, what the case was about.
  return new AppError(
    code,
    message.slice(ERRORS[code].message.length).trim(),
    retryAfter === undefined ? {} : { retryAfter },
  );
}
