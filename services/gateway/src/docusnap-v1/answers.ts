import { AppError, toAppError } from '@docusnap/contracts';
import { isRefusedForGood, type V1Answer } from '@docusnap/db';
import type { Request, Response } from 'express';
import { drain } from '../errors.ts';
import { problemHeaders } from '../problem.ts';
import { notesOf } from '../request-log.ts';
import { ConnectionLost } from '../submit/multipart.ts';
import { type RequestCode, V1Refusal } from './codes.ts';

/** Seconds after which a client that was not served may ask again, where the failure itself does not say. */
const AGAIN_SECONDS = '2';

/** How a task stands, in the words of the protocol. */
export function answerTask(response: Response, { status, result, errorDetail }: V1Answer): void {
  response.set('cache-control', 'no-store');
  if (status === 'processing') response.status(202).json({ status });
  else if (status === 'error') response.status(400).json({ status, error_detail: errorDetail });
  else response.status(200).json({ status, result: result?.toString('base64') ?? '' });
}

/** A 400 is the end for a client: only what no repetition makes better is answered with one, all else with a 503. */
export function answerProcessFailure(error: unknown, request: Request, response: Response): void {
  const code = refusalOf(error);
  if (code !== null) {
    notesOf(response).error = code === 'DATABASE_ERROR' ? error : { code };
    response.set('cache-control', 'no-store').status(400).json({ status: 'error', error_detail: code });
    drain(request);
  } else {
    answerUnavailable(error, request, response, { status: 'unavailable' });
  }
}

function refusalOf(error: unknown): RequestCode | null {
  if (error instanceof V1Refusal) return error.code;
  return isRefusedForGood(error) ? 'DATABASE_ERROR' : null;
}

/** 503 with Retry-After; old clients take any 5xx for a fault of the network that passes. */
export function answerUnavailable(error: unknown, request: Request, response: Response, body: object): void {
  const known = toAppError(error);
  notesOf(response).error = known.code === 'internal' ? known : { code: known.code };
  if (error instanceof ConnectionLost || response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const { 'retry-after': seconds = AGAIN_SECONDS } = problemHeaders(known);
  response.set({ 'retry-after': seconds, 'cache-control': 'no-store' }).status(503).json(body);
  drain(request);
}

export function tooOften(): AppError {
  return new AppError('readers_busy', undefined, { retryAfter: 1 });
}
