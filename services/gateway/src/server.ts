import { createServer, IncomingMessage, type Server, ServerResponse } from 'node:http';
import type { Express } from 'express';
import { openPace, PACE, type PaceLimits } from './http/pace.ts';
import { refuseBadHeads } from './http/refused-heads.ts';

/** A client gets this long to send its request head. */
const HEAD_MS = 10_000;
const HEAD_BYTES = 16 * 1024;
/** A connection on which nothing moves is closed: longer than the longest wait, and than the heartbeat of event streams. */
const IDLE_MS = 90_000;
const KEEP_ALIVE_MS = 65_000;
/** Each held poll takes 29 to 37 KiB, so 600 MiB at most. Further ones are closed at once; held polls and streams are one each. */
const MOST_CONNECTIONS = 16_384;
/** The pace, the log, the audit, the metrics, the pressure and the call itself each wait for the end of an answer; Node warns from eleven on. */
const MOST_WATCHERS = 24;

/** The HTTP server of the API. A slow upload may take as long as it keeps moving. */
export function createApiServer(app: Express, { pace: limits = PACE }: { pace?: PaceLimits } = {}): Server {
  const server = createServer({
    IncomingMessage: madeAs(IncomingMessage, app.request),
    ServerResponse: madeAs(ServerResponse, app.response),
    headersTimeout: HEAD_MS,
    requestTimeout: 0,
    keepAliveTimeout: KEEP_ALIVE_MS,
    connectionsCheckingInterval: 1_000,
    maxHeaderSize: HEAD_BYTES,
    // The application says so itself, as a problem document.
    requireHostHeader: false,
    insecureHTTPParser: false,
  });
  server.on('request', (_, response) => response.setMaxListeners(MOST_WATCHERS));
  const pace = openPace(limits);
  server.on('request', pace.watch);
  server.on('close', () => pace.stop());
  refuseBadHeads(server);
  server.on('request', app);
  // More fields than the application lets pass: it has to see that there are too many.
  server.maxHeadersCount = 0;
  server.maxConnections = MOST_CONNECTIONS;
  server.setTimeout(IDLE_MS);
  return server;
}

/**
 * Whose objects have from the start the prototype that Express gives each of them: an object whose prototype is changed is one that V8 knows
 * nothing about, which took 5 us of each request.
 */
function madeAs<Made extends typeof IncomingMessage | typeof ServerResponse>(type: Made, prototype: object): Made {
  function Made(...args: unknown[]): unknown {
    return Reflect.construct(type, args, Made);
  }
  Made.prototype = prototype;
  return Made as unknown as Made;
}

/** Between looks for connections that have become idle while the server closes. */
const CLOSING_MS = 50;

/**
 * Takes no more connections and resolves when the requests that run have ended and every connection is closed. Those that still run after
 * `graceMs`, such as long uploads, are cut.
 */
export async function closeApiServer(server: Server, { graceMs }: { graceMs: number }): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  const idle = setInterval(() => server.closeIdleConnections(), CLOSING_MS);
  const cut = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearInterval(idle);
  clearTimeout(cut);
}
