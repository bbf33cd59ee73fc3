import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import { type Caller, toAppError } from '@docusnap/contracts';
import { quickLines, type Span } from '@docusnap/runtime';
import type { NextFunction, Request, Response } from 'express';
import { clientAddress } from './http/client-address.ts';
import type { Ports } from './ports.ts';

/** What is learnt about a request while it is handled, for its line in the log. */
export interface RequestNotes {
  readonly id: string;
  /** Template of the route, `/v1/jobs/{id}`; `unknown` until one matched. */
  route: string;
  /** Whether its route has measures of its own: with methods that a route has not, anybody could make many. */
  isMeasured: boolean;
  /** The job that it is about, where it is about one. */
  job: string | undefined;
  /** Version of that job where it was asked for as the request came. */
  version: Promise<number | null> | undefined;
  caller: Caller | null;
  error: unknown;
  /** Taken when it came, since a connection that is gone no longer has one; empty where it was gone by then. */
  readonly client: string;
  /** What happens because of it belongs below. */
  readonly span: Span;
}

const SANE_ID = /^[A-Za-z0-9._-]{1,64}$/;
/** Asked so often that their traces would hide all others. */
const UNTOLD_ROUTES: ReadonlySet<string> = new Set(['/healthz', '/readyz']);

/** The notes of a request. */
export function notesOf(response: Response): RequestNotes {
  return response.locals.notes;
}

/**
 * Gives each request an id (the caller's own `x-request-id` where it is one), and writes one line and one measure when it has ended. The
 * line has no query and no body in it, and no header but the ids of request and trace: nothing of a document, no key.
 */
export function requestLog({ log, metrics, traces }: Pick<Ports, 'log' | 'metrics' | 'traces'>) {
  /** Bytes read from a connection until its last request ended: connections are used again. */
  const readSoFar = new WeakMap<Socket, number>();
  const writeLine = quickLines(log);
  return (request: Request, response: Response, next: NextFunction): void => {
    const startedAt = performance.now();
    const { socket } = request;
    const readBefore = readSoFar.get(socket) ?? 0;
    const given = String(request.headers['x-request-id'] ?? '');
    const notes: RequestNotes = {
      id: SANE_ID.test(given) ? given : randomUUID(),
      route: 'unknown',
      isMeasured: true,
      job: undefined,
      version: undefined,
      caller: null,
      error: undefined,
      client: clientAddress(request),
      span: traces.begin(request.method, { parent: request.headers.traceparent?.toString(), kind: 'server' }),
    };
    response.locals.notes = notes;
    response.setHeader('x-request-id', notes.id);
    response.on('close', () => {
      const ms = performance.now() - startedAt;
      readSoFar.set(socket, socket.bytesRead);
      // 499, as nginx writes it: the client went away before the answer was complete.
      const status = response.writableFinished ? response.statusCode : 499;
      const { route, span, client } = notes;
      const { method } = request;
      const code = codeOf(notes.error);
      metrics.requestEnded({ ...measuredAs(notes, method), status, code }, ms / 1_000);
      if (!UNTOLD_ROUTES.has(route)) {
        const attributes = { 'http.request.method': method, 'http.route': route, 'http.response.status_code': status };
        span.end({
          name: `${method} ${route}`,
          attributes,
          failure: status >= 500 ? (code ?? String(status)) : undefined,
        });
      }
      const line = {
        category: 'access',
        request_id: notes.id,
        trace_id: span.traceId,
        client,
        method,
        route,
        status,
        ms: Math.round(ms * 10) / 10,
        job: notes.job,
        tenant: notes.caller?.tenantId,
        key: notes.caller?.keyId,
        bytes_in: socket.bytesRead - readBefore,
        security: securityEvent({ route, method, status }),
      };
      const { error: err } = notes;
      if (status >= 500) log.error({ ...line, err }, 'request');
      else if (err !== undefined) log.info({ ...line, err }, 'request');
      else writeLine(fieldsOf(line), 'request');
    });
    next();
  };
}

/**
 * A line as JSON, without its braces: ids, addresses, templates of routes and numbers, of which none has a character that needs escaping. What came in a
 * request is none of it, but for an id that was looked at, and the method, which is one of those that Node's parser knows.
 */
function fieldsOf(line: Readonly<Record<string, string | number | null | undefined>>): string {
  let fields = '';
  for (const name in line) {
    const value = line[name];
    if (value === undefined) continue;
    fields += typeof value === 'string' ? `,"${name}":"${value}"` : `,"${name}":${value}`;
  }
  return fields;
}

const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PATCH', 'DELETE', 'OPTIONS']);

function measuredAs({ route, isMeasured }: RequestNotes, method: string) {
  return { route: isMeasured ? route : 'unknown', method: METHODS.has(method) ? method : 'other' };
}

/** Calls that change who may do what. */
const ACCESS_ROUTES = /^\/v1\/(keys|tenants|console|webhooks)\b/;

/** What whoever watches over the system wants to see of a request: log shippers put lines that have it into a log of their own. */
function securityEvent({ route, method, status }: { route: string; method: string; status: number }) {
  if (status === 401) return 'sign_in_failed';
  if (status === 403) return 'refused';
  if (status === 429) return 'throttled';
  if (method !== 'GET' && method !== 'HEAD' && status < 400 && ACCESS_ROUTES.test(route)) return 'access_changed';
  return undefined;
}

/** The code of what went wrong: of the error table, or of DocuSnap v1's. So there are only so many. */
function codeOf(error: unknown): string | undefined {
  if (error === undefined) return undefined;
  return error instanceof Error ? toAppError(error).code : String((error as { readonly code: unknown }).code);
}
