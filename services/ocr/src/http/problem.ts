import { AppError, type Problem, toAppError } from '@docusnap/contracts';
import type { Logger } from '@docusnap/runtime';
import type { NextFunction, Request, Response } from 'express';

/** Answers what a route threw as an RFC 9457 problem document. What nobody expected goes to the log with its cause. */
export function problemAnswers(log: Logger) {
  return (error: unknown, request: Request, response: Response, next: NextFunction): void => {
    const known = toAppError(error);
    if (known.status >= 500 && known.code !== 'readers_busy')
      log.error({ err: error, url: request.path }, 'request failed');
    if (response.headersSent || response.destroyed) {
      next(error);
      return;
    }
    const body: Problem = {
      type: `urn:docusnap:error:${known.code}`,
      title: known.code.replaceAll('_', ' '),
      status: known.status,
      detail: known.message,
      code: known.code,
      retryable: known.retryable,
    };
    if (known.retryAfter !== undefined) response.set('retry-after', String(known.retryAfter));
    // A body that was not read to its end would be taken for the next request.
    if (!request.complete) response.set('connection', 'close');
    response.status(known.status).type('application/problem+json').send(JSON.stringify(body));
    request.resume();
  };
}

/** For addresses that are not there. */
export function notFound(): never {
  throw new AppError('not_found');
}
