import { connect, type Socket } from 'node:net';

export interface RawAnswer {
  readonly status: number;
  /** By names in lower case; the last of several. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface RawExchange {
  /** Everything that came until the connection closed, or until time was up. */
  readonly text: string;
  readonly closed: boolean;
}

export interface RawOptions {
  readonly port: number;
  /** After this long the connection is cut, milliseconds. */
  readonly patienceMs?: number;
  /** Between the pieces, milliseconds. */
  readonly pauseMs?: number;
  /** Cut as soon as all pieces are sent. */
  readonly hangUp?: boolean;
}

/** Sends bytes as they are, well-formed HTTP or not, on a connection of their own to 127.0.0.1. */
export async function sendRaw(pieces: readonly (string | Buffer)[], options: RawOptions): Promise<RawExchange> {
  const { port, patienceMs = 2_000, pauseMs = 0, hangUp = false } = options;
  const socket = connect({ port, host: '127.0.0.1' });
  const came: Buffer[] = [];
  let closed = true;
  const ended = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  const cut = setTimeout(() => {
    closed = false;
    socket.destroy();
  }, patienceMs);
  socket.on('data', (chunk) => came.push(chunk));
  // Refusing by a reset is an answer like any other; "close" follows.
  socket.on('error', () => undefined);
  for (const [index, piece] of pieces.entries()) {
    if (socket.destroyed) break;
    if (index > 0 && pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
    await write(socket, piece);
  }
  if (hangUp) socket.destroy();
  await ended;
  clearTimeout(cut);
  return { text: Buffer.concat(came).toString('latin1'), closed };
}

/** Resolves once the system has taken the bytes, or never will. */
function write(socket: Socket, piece: string | Buffer): Promise<void> {
  return new Promise((resolve) => {
    socket.once('close', resolve);
    socket.write(piece, typeof piece === 'string' ? 'latin1' : 'utf8', () => {
      socket.off('close', resolve);
      resolve();
    });
  });
}

/** The answers in a text of HTTP/1.1, one after another; a last one without a length is all the rest. */
export function answersIn(text: string): RawAnswer[] {
  const answers: RawAnswer[] = [];
  let rest = text;
  while (rest !== '') {
    const end = rest.indexOf('\r\n\r\n');
    const [, status] = /^HTTP\/1\.1 (\d{3})/.exec(rest) ?? [];
    if (end < 0 || status === undefined)
      throw new Error(`Expected an answer, got ${JSON.stringify(rest.slice(0, 80))}`);
    const [, ...lines] = rest.slice(0, end).split('\r\n');
    const headers = Object.fromEntries(
      lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
    );
    const begin = end + 4;
    const bodyless = /^1|204|304/.test(status);
    const length = bodyless ? 0 : Number(headers['content-length'] ?? rest.length - begin);
    const body = rest.slice(begin, begin + length);
    if (!status.startsWith('1')) answers.push({ status: Number(status), headers, body });
    rest = rest.slice(begin + length);
  }
  return answers;
}
