import { expect, test } from '@jest/globals';
import { AppError, ERRORS, isErrorCode, toAppError } from './errors.ts';

test('every error says what happened in whole sentences and has a status that fits its kind', () => {
  for (const [code, { status, message }] of Object.entries(ERRORS)) {
    expect(code).toMatch(/^[a-z]+(_[a-z]+)*$/);
    expect(message).toMatch(/^[A-Z].*\.$/);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(600);
  }
});

test('what can be retried unchanged never blames the request', () => {
  for (const [code, { status, retryable }] of Object.entries(ERRORS)) {
    // What another host did is no failure of this service; only these are told apart from it.
    const elsewhere = code === 'url_unreachable' || code === 'url_timeout';
    if (retryable) expect(elsewhere ? [422] : [408, 409, 429, 500, 503]).toContain(status);
  }
});

test('a detail is added to the public words of the table', () => {
  const error = new AppError('file_too_large', 'The limit is 25 MiB.');
  expect(error.message).toBe('The file has more bytes than one file of its kind may have. The limit is 25 MiB.');
  expect(error.toFailure()).toEqual({ code: 'file_too_large', message: error.message, retryable: false });
});

test('an unknown failure becomes internal, says nothing of itself in public, and keeps its cause', () => {
  const cause = new TypeError('secret text');
  const error = toAppError(cause);
  expect(error.code).toBe('internal');
  expect(error.message).not.toContain('secret');
  expect(error.cause).toBe(cause);
  expect(toAppError(error)).toBe(error);
});

test('names that objects inherit are no error codes', () => {
  expect(isErrorCode('toString')).toBe(false);
  expect(isErrorCode('internal')).toBe(true);
});
