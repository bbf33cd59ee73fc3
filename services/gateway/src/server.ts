import { createServer, type Server } from 'node:http';
import type { Express } from 'express';

/** A client gets this long to send its request head. */
const HEAD_MS = 10_000;
/** A connection on which nothing moves is closed: longer than the longest wait, and than the heartbeat of event streams. */
const IDLE_MS = 90_000;
const KEEP_ALIVE_MS = 65_000;

/** The HTTP server of the API. A slow upload may take as long as it keeps moving. */
export function createApiServer(app: Express): Server {
  const server = createServer(
    {
      headersTimeout: HEAD_MS,
      requestTimeout: 0,
      keepAliveTimeout: KEEP_ALIVE_MS,
      connectionsCheckingInterval: 1_000,
    },
    app,
  );
  server.setTimeout(IDLE_MS);
  return server;
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
