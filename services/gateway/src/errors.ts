import type { NextFunction, Request, Response } from 'express';
import { asProblem, problemBody, problemHeaders } from './problem.ts';
import { notesOf } from './request-log.ts';

/** How long a client may go on sending a body that was refused, in milliseconds, so that it can read why before the connection closes. */
const DRAIN_MS = 30_000;

/**
 * Answers whatever a handler threw as a problem document. After the head of an answer has been sent there is nothing left to say: the
 * connection is cut, so that the client sees that the answer is not whole.
 */
export function answerError(error: unknown, request: Request, response: Response, _next: NextFunction): void {
  const problem = asProblem(error);
  const notes = notesOf(response);
  // The log has the cause where the answer says only "internal"; other errors are told wholly by their code.
  notes.error = problem.status >= 500 ? problem : { code: problem.code };
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  for (const [name, value] of Object.entries(problemHeaders(problem))) response.set(name, value);
  response.status(problem.status).send(JSON.stringify(problemBody(problem, notes.id)));
  drain(request);
}

/** Reads what is left of a request body into nothing: a connection closed with unread bytes is reset, and the answer may be lost with it. */
export function drain(request: Request): void {
  if (request.complete) return;
  const { socket } = request;
  const timer = setTimeout(() => socket.destroy(), DRAIN_MS);
  // After its answer a request is told nothing of its connection any more: the socket is.
  const done = (): void => {
    clearTimeout(timer);
    socket.off('close', done);
  };
  socket.on('close', done);
  request.on('end', done);
  request.resume();
}
