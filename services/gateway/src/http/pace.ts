import type { IncomingMessage, ServerResponse } from 'node:http';
import { AppError } from '@docusnap/contracts';
import { writeProblem } from './write-problem.ts';

export interface PaceLimits {
  /** A body has to bring this much in each window, bytes. A file of 256 MiB may so take 18 hours, but nobody holds a connection for nothing. */
  readonly bytes: number;
  /** Milliseconds. */
  readonly windowMs: number;
  /** Between two looks, milliseconds. */
  readonly lookMs: number;
}

/** 4 KiB a second, less than the slowest of mobile networks. */
export const PACE: PaceLimits = { bytes: 120 * 1024, windowMs: 30_000, lookMs: 1_000 };

export interface Pace {
  /** Watches the body of a request until it has come whole. */
  watch(request: IncomingMessage, response: ServerResponse): void;
  stop(): void;
}

interface Window {
  readonly response: ServerResponse;
  beganAt: number;
  /** Bytes of the connection at that time. */
  bytes: number;
}

/**
 * Cuts bodies that come too slowly: by a least rate, since a total would have to allow for the largest. Time in which this side does not take what
 * has come is not the client's.
 */
export function openPace(limits: PaceLimits = PACE): Pace {
  const watched = new Map<IncomingMessage, Window>();
  const look = (): void => {
    const now = performance.now();
    for (const [request, window] of watched) {
      if (request.complete || request.destroyed) watched.delete(request);
      else if (request.readableLength > 0) begin(request, window, now);
      else if (now - window.beganAt >= limits.windowMs) {
        if (request.socket.bytesRead - window.bytes >= limits.bytes) begin(request, window, now);
        else {
          watched.delete(request);
          giveUp(request, window.response);
        }
      }
    }
  };
  const timer = setInterval(look, limits.lookMs).unref();
  return {
    watch(request, response) {
      if (request.complete || !hasBody(request)) return;
      const window = { response, beganAt: performance.now(), bytes: request.socket.bytesRead };
      watched.set(request, window);
      response.on('close', () => watched.delete(request));
    },
    stop: () => clearInterval(timer),
  };
}

function begin(request: IncomingMessage, window: Window, now: number): void {
  window.beganAt = now;
  window.bytes = request.socket.bytesRead;
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/** Whoever reads the body finds the connection lost, and leaves nothing behind. */
function giveUp(request: IncomingMessage, response: ServerResponse): void {
  const { socket } = request;
  if (response.headersSent) {
    socket.destroy();
    return;
  }
  response.statusCode = 408;
  writeProblem(socket, new AppError('request_timeout'), requestIdOf(response));
}

function requestIdOf(response: ServerResponse): string | undefined {
  const id = response.getHeader('x-request-id');
  return typeof id === 'string' ? id : undefined;
}
