import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { AppError } from '@docusnap/contracts';
import { problemBody, problemHeaders } from '../problem.ts';

/** How long a connection may stay to take the answer, in milliseconds. */
const LINGER_MS = 2_000;

/** Answers on a connection on which there is no request to answer, or none that can be answered otherwise, and closes it. */
export function writeProblem(socket: Duplex, error: AppError, requestId: string = randomUUID()): void {
  // The server has let go of a connection that asked for CONNECT: nobody else hears of its errors, and one that nobody hears ends the process.
  socket.on('error', () => socket.destroy());
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const body = JSON.stringify(problemBody(error, requestId));
  const headers = {
    ...problemHeaders(error),
    'x-request-id': requestId,
    'x-content-type-options': 'nosniff',
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${error.status} ${STATUS_CODES[error.status] ?? ''}\r\n${lines.join('')}\r\n${body}`);
  // What still comes is read into nothing: a connection closed with unread bytes is reset, and the answer may be lost with it.
  socket.resume();
  const cut = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.on('close', () => clearTimeout(cut));
}
