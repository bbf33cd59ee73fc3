import { AppError, type ErrorCode, isErrorCode, type Problem, toAppError } from '@docusnap/contracts';

/** An error as RFC 9457 describes it; `detail` is public and names what this case is about. */
export function problemBody(error: AppError, requestId: string): Problem {
  return {
    type: `urn:docusnap:error:${error.code}`,
    title: error.code.replaceAll('_', ' '),
    status: error.status,
    detail: error.message,
    code: error.code,
    retryable: error.retryable,
    request_id: requestId,
  };
}

/** Seconds after which a retry of a retryable error makes sense where the error itself does not say. */
export const RETRY_AFTER: Partial<Record<ErrorCode, number>> = {
  result_not_ready: 1,
  page_not_ready: 1,
  image_not_ready: 1,
  readers_busy: 1,
  idempotency_key_in_use: 1,
  database_unavailable: 2,
  storage_unavailable: 5,
  url_unreachable: 5,
  url_timeout: 5,
  shutting_down: 1,
};

/** The header fields that go with an error. */
export function problemHeaders(error: AppError): Record<string, string> {
  const headers: Record<string, string> = { 'content-type': 'application/problem+json', 'cache-control': 'no-store' };
  const seconds = error.retryAfter ?? RETRY_AFTER[error.code];
  if (seconds !== undefined) headers['retry-after'] = String(seconds);
  if (error.code === 'unauthorized') headers['www-authenticate'] = 'Bearer';
  return headers;
}

/** What body-parser and the router throw, by their `type` or status; everything unknown is `internal`. */
export function asProblem(error: unknown): AppError {
  if (error instanceof AppError || !(error instanceof Error)) return toAppError(error);
  const { type, status } = error as { type?: unknown; status?: unknown };
  const code = typeof type === 'string' ? BODY_ERRORS[type] : undefined;
  if (code && isErrorCode(code)) return new AppError(code, undefined, { cause: error });
  if (status === 400) return new AppError('bad_request', undefined, { cause: error });
  return toAppError(error);
}

const BODY_ERRORS: Readonly<Record<string, ErrorCode>> = {
  'entity.parse.failed': 'malformed_json',
  'entity.too.large': 'body_too_large',
  'encoding.unsupported': 'unsupported_media_type',
  'charset.unsupported': 'unsupported_media_type',
  'request.size.invalid': 'bad_request',
};
