import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import type { Caller } from '@docusnap/contracts';
import type { NextFunction, Request, Response } from 'express';
import { clientAddress } from './http/client-address.ts';
import type { Ports } from './ports.ts';

/** What is learnt about a request while it is handled, for its line in the log. */
export interface RequestNotes {
  readonly id: string;
  /** Template of the route, `/v1/jobs/{id}`; `unknown` until one matched. */
  route: string;
  caller: Caller | null;
  error: unknown;
}

const SANE_ID = /^[A-Za-z0-9._-]{1,64}$/;
/** W3C Trace Context, version 00; the second part is the id of the trace, which several services share. */
const TRACE = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/** The notes of a request. */
export function notesOf(response: Response): RequestNotes {
  return response.locals.notes;
}

/**
 * Gives each request an id (the caller's own `x-request-id` where it is one), and writes one line and one measure when it has ended. The
 * line has no query and no body in it, and no header but the ids of request and trace: nothing of a document, no key.
 */
export function requestLog({ log, metrics }: Pick<Ports, 'log' | 'metrics'>) {
  /** Bytes read from a connection until its last request ended: connections are used again. */
  const readSoFar = new WeakMap<Socket, number>();
  return (request: Request, response: Response, next: NextFunction): void => {
    const startedAt = performance.now();
    const { socket } = request;
    const readBefore = readSoFar.get(socket) ?? 0;
    const given = request.get('x-request-id') ?? '';
    const notes: RequestNotes = {
      id: SANE_ID.test(given) ? given : randomUUID(),
      route: 'unknown',
      caller: null,
      error: undefined,
    };
    response.locals.notes = notes;
    response.set('x-request-id', notes.id);
    // Taken now: a connection that is gone no longer has one.
    const client = clientAddress(request);
    const [, trace] = TRACE.exec(request.get('traceparent') ?? '') ?? [];
    response.on('close', () => {
      const ms = performance.now() - startedAt;
      readSoFar.set(socket, socket.bytesRead);
      // 499, as nginx writes it: the client went away before the answer was complete.
      const status = response.writableFinished ? response.statusCode : 499;
      metrics.requestEnded({ route: notes.route, method: request.method, status }, ms / 1_000);
      const line = {
        request_id: notes.id,
        trace_id: trace,
        client,
        method: request.method,
        route: notes.route,
        status,
        ms: Math.round(ms * 10) / 10,
        tenant: notes.caller?.tenantId,
        key: notes.caller?.keyId,
        bytes_in: socket.bytesRead - readBefore,
        err: notes.error,
      };
      if (status >= 500) log.error(line, 'request');
      else log.info(line, 'request');
    });
    next();
  };
}
