import { connect, type Socket } from 'node:net';

/** What came back for one request. */
export interface Answered {
  readonly status: number;
  readonly body: string;
}

/** One keep-alive connection that asks one thing at a time. */
export interface Exchange {
  /** Hands the bytes of a whole request over and tells of the whole answer. Only when nothing is under way. */
  ask(request: Buffer, answered: (answer: Answered) => void): void;
  close(): void;
}

/**
 * A client of its own, as plain as can be, since what is left of the machine PostgreSQL needs. autocannon 9 sends what is due in a second at its
 * beginning, all at once: what is measured then is a burst, not a rate.
 */
export function openExchange(url: URL, onLost: (error: Error) => void): Promise<Exchange> {
  const { promise, resolve, reject } = Promise.withResolvers<Exchange>();
  const socket = connect({ host: url.hostname, port: Number(url.port), noDelay: true });
  let waiting: ((answer: Answered) => void) | undefined;
  let got = '';
  let lost = reject;
  socket.setEncoding('latin1');
  socket.on('data', (piece: string) => {
    got = got === '' ? piece : got + piece;
    const answer = wholeAnswer(got);
    if (answer === null) return;
    got = '';
    const tell = waiting;
    waiting = undefined;
    tell?.(answer);
  });
  socket.once('connect', () => {
    lost = onLost;
    resolve({
      ask: (request, answered) => {
        waiting = answered;
        socket.write(request);
      },
      close: () => closeQuietly(socket),
    });
  });
  socket.on('error', (error) => lost(error));
  socket.on('close', () => lost(new Error('The connection was closed, which nobody asked for.')));
  return promise;
}

function closeQuietly(socket: Socket): void {
  socket.removeAllListeners('close').destroy();
}

/** Null until all of it has come. Bodies in chunks are not read: no answer that is measured comes so. */
function wholeAnswer(got: string): Answered | null {
  const head = got.indexOf('\r\n\r\n');
  if (head === -1) return null;
  const status = Number(got.slice(9, 12));
  const at = got.search(/\r\ncontent-length: /i);
  const length = at === -1 || at > head ? 0 : Number.parseInt(got.slice(at + 18, at + 30), 10);
  if (got.length < head + 4 + length) return null;
  return { status, body: got.slice(head + 4) };
}

/** The bytes of a request. */
export function requestBytes(
  url: URL,
  path: string,
  {
    method = 'GET',
    headers = {},
    body,
  }: { method?: string; headers?: Readonly<Record<string, string>>; body?: Buffer } = {},
): Buffer {
  const fields = { host: url.host, ...headers, ...(body && { 'content-length': String(body.length) }) };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  const head = Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`);
  return body ? Buffer.concat([head, body]) : head;
}
