import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { isIP, type Socket } from 'node:net';
import { connect as tlsConnect } from 'node:tls';
import { AppError } from '@docusnap/contracts';
import type { Target } from './policy.ts';
import type { Reach } from './reach.ts';
import { resolveAllowed } from './resolve.ts';
import type { AskedUrl } from './target.ts';

/** The head of a host's answer; its bytes are still to come, as they were sent. */
export type Answer = IncomingMessage;

/** What is sent; a GET without anything unless told. */
export interface Asking {
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/**
 * Asks the host of an address for it, at one that was checked, once it has proven its name. Nothing but what is given is told to it. Until the
 * answer is destroyed or at its end, `stop` cuts the connection. Throws what the resolver, the socket and `stop` do, and `url_refused`.
 */
export async function askHost(
  reach: Reach,
  { url, target }: AskedUrl,
  stop: AbortController,
  { method = 'GET', headers = {}, body }: Asking = {},
): Promise<Answer> {
  const connecting = AbortSignal.any([stop.signal, AbortSignal.timeout(reach.connectMs)]);
  const addresses = await unlessAborted(resolveAllowed(reach, target), connecting);
  const socket = await connectTo(reach, addresses, target, connecting);
  stop.signal.addEventListener('abort', () => socket.destroy(), { once: true });
  socket.setTimeout(reach.silentMs, () => stop.abort(new AppError('url_timeout')));
  const asked = request({
    createConnection: () => socket,
    method,
    host: url.hostname,
    path: url.pathname + url.search,
    // What is packed could unpack to anything.
    headers: { host: url.host, accept: '*/*', 'accept-encoding': 'identity', 'user-agent': 'DocuSnap', ...headers },
  });
  // Told by what waits for the answer, or by the answer; it may also come after both were given up.
  asked.on('error', () => undefined);
  asked.end(body);
  const [answer] = (await once(asked, 'response', { signal: stop.signal })) as [Answer];
  return answer;
}

/** A connection to the target; over TLS, once it has proven that it is. */
async function connectTo(
  reach: Reach,
  addresses: readonly string[],
  target: Target,
  signal: AbortSignal,
): Promise<Socket> {
  const bare = reach.dial(addresses, target.port);
  const socket = target.scheme === 'http:' ? bare : tlsOver(bare, target.host, reach.ca);
  // What happens to them after they were given up is nobody's error any more.
  for (const one of [bare, socket]) one.on('error', () => undefined);
  try {
    await once(socket, socket === bare ? 'connect' : 'secureConnect', { signal });
    return socket;
  } catch (error) {
    socket.destroy();
    bare.destroy();
    throw signal.aborted ? signal.reason : error;
  }
}

function tlsOver(bare: Socket, host: string, ca: string | undefined): Socket {
  return tlsConnect({
    socket: bare,
    host,
    servername: isIP(host) ? '' : host,
    ca,
    // Said, because an environment variable of Node's would undo what is not.
    rejectUnauthorized: true,
    ALPNProtocols: ['http/1.1'],
  });
}

async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
