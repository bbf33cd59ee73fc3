import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { AppError } from '@docusnap/contracts';
import { writeProblem } from './write-problem.ts';

/** Requests that one connection may have under way: who pipelines more than a few wants to fill queues. */
const MOST_UNDER_WAY = 64;

/**
 * Answers with problem documents what never becomes a request for the application: heads that the parser refuses or that come too late,
 * CONNECT, and expectations other than to be told to go on (those are let through as if nothing were expected).
 */
export function refuseBadHeads(server: Server): void {
  // Arrays, not Sets: see the map of gather.ts, in packages/db.
  const underWay = new WeakMap<Duplex, ServerResponse[]>();
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const { socket } = request;
    const responses = underWay.get(socket) ?? [];
    if (responses.push(response) === 1) underWay.set(socket, responses);
    response.on('close', () => responses.splice(responses.indexOf(response), 1));
    if (responses.length > MOST_UNDER_WAY) socket.destroy();
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    const responses = [...(underWay.get(socket) ?? [])];
    if (!isMalformed(error)) socket.destroy();
    else if (mayAnswer(responses)) writeProblem(socket, asProblem(error.code));
    else closeAfter(responses, socket);
  });
  server.on('connect', (_request: IncomingMessage, socket: Duplex) => {
    writeProblem(socket, new AppError('method_not_allowed'));
  });
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    server.emit('request', request, response);
  });
}

/** Whether the fault lies in what was sent; others are those of the connection. */
function isMalformed({ code }: NodeJS.ErrnoException): boolean {
  return code === 'ERR_HTTP_REQUEST_TIMEOUT' || (code?.startsWith('HPE_') ?? false);
}

/** What was sent before the fault is still answered; nothing behind it is read. */
function closeAfter(responses: readonly ServerResponse[], socket: Duplex): void {
  socket.pause();
  let open = responses.length;
  for (const response of responses) {
    response.shouldKeepAlive = false;
    response.on('close', () => {
      open -= 1;
      if (open === 0) socket.end(() => socket.destroy());
    });
  }
}

/** Whether an answer would be taken for that of the faulty request: none is awaited, or its own, which has not begun and whose body it is. */
function mayAnswer([response, ...others]: readonly ServerResponse[]): boolean {
  if (response === undefined) return true;
  return others.length === 0 && !response.headersSent && !response.req.complete;
}

function asProblem(code: string | undefined): AppError {
  if (code === 'HPE_HEADER_OVERFLOW') return new AppError('headers_too_large');
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return new AppError('request_timeout');
  return new AppError('bad_request', 'It is no well-formed HTTP/1.1.');
}
