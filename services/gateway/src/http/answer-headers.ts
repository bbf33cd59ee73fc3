import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import cors from 'cors';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import helmet from 'helmet';

/** A year, in seconds: browsers that once came over TLS shall go on doing so. */
const TLS_SECONDS = 365 * 86_400;

/**
 * The answers are data: browsers shall guess no type, frame nothing and run nothing from them. A page of ours replaces the policy by its own.
 * Whether all of a host's names speak TLS is not for one service to say, so only this one's is, and only to who came over it.
 */
export function securityHeaders(): RequestHandler {
  const protect = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"], baseUri: ["'none'"], formAction: ["'none'"] },
    },
    xFrameOptions: { action: 'deny' },
    referrerPolicy: { policy: 'no-referrer' },
    strictTransportSecurity: false,
  });
  const headers = headersOf(protect);
  return (request, response, next) => {
    if (request.secure) response.setHeader('strict-transport-security', `max-age=${TLS_SECONDS}`);
    for (const [name, value] of headers) response.setHeader(name, value);
    next();
  };
}

/** What helmet sets is the same for every answer, and thirteen functions that call one another took 20 us of each. */
function headersOf(protect: ReturnType<typeof helmet>): readonly (readonly [string, string])[] {
  const request = new IncomingMessage(new Socket());
  const response = new ServerResponse(request);
  protect(request, response, (error?: unknown) => {
    if (error) throw error;
  });
  return Object.entries(response.getHeaders()).map(([name, value]) => [name, String(value)]);
}

/** Seconds for which a browser may keep what a preflight told it. */
const PREFLIGHT_SECONDS = 600;

/** What pages of other origins may send and read. */
const SENT = [
  'Authorization',
  'Content-Type',
  'Accept',
  'Idempotency-Key',
  'If-None-Match',
  'Last-Event-ID',
  'Prefer',
  'X-Request-Id',
  'traceparent',
];
const READ = [
  'Content-Disposition',
  'ETag',
  'Location',
  'Retry-After',
  'WWW-Authenticate',
  'X-Image-Height',
  'X-Image-Width',
  'X-Request-Id',
];

/** Lets pages of these origins call the API, with keys in headers only: the console's cookie is taken of its own pages alone. */
export function crossOrigin(origins: readonly string[]): RequestHandler {
  const allow = cors({
    // As a list even where it is one, so that other origins are told nothing.
    origin: origins.includes('*') ? '*' : [...origins],
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    allowedHeaders: SENT,
    exposedHeaders: READ,
    credentials: false,
    maxAge: PREFLIGHT_SECONDS,
  });
  return (request: Request, response: Response, next: NextFunction): void => {
    if (request.headers.origin === undefined) {
      // Also what is sent to others is not to be given from a cache to a page.
      response.vary('Origin');
      next();
      return;
    }
    // Without this header an OPTIONS is no preflight but a question like any other.
    if (request.method === 'OPTIONS' && request.headers['access-control-request-method'] === undefined) next();
    else allow(request, response, next);
  };
}

/** An origin as browsers send it, `https://app.example`, or `*` for any. */
export function isOrigin(text: string): boolean {
  if (text === '*') return true;
  const url = URL.parse(text);
  return url !== null && /^https?:$/.test(url.protocol) && url.origin === text;
}
