import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { isIP } from 'node:net';
import { type TLSSocket, connect as tlsConnect } from 'node:tls';
import { AppError } from '@docusnap/contracts';
import { hostOf } from './https-url.ts';
import type { Reach } from './reach.ts';
import { resolvePublic } from './resolve.ts';

/** The head of a host's answer; its bytes are still to come, as they were sent. */
export type Answer = IncomingMessage;

/**
 * Asks the host of `url` for it, at an address that was checked, once it has proven its name. Nothing but the address is told to it. Until the
 * answer is destroyed or at its end, `stop` cuts the connection. Throws what the resolver, the socket and `stop` do, and `url_refused`.
 */
export async function askHost(reach: Reach, url: URL, stop: AbortController): Promise<Answer> {
  const connecting = AbortSignal.any([stop.signal, AbortSignal.timeout(reach.connectMs)]);
  const addresses = await unlessAborted(resolvePublic(reach.lookup, hostOf(url)), connecting);
  const socket = await connectTo(reach, addresses, hostOf(url), connecting);
  stop.signal.addEventListener('abort', () => socket.destroy(), { once: true });
  socket.setTimeout(reach.silentMs, () => stop.abort(new AppError('url_timeout')));
  const asked = request({
    createConnection: () => socket,
    host: url.hostname,
    path: url.pathname + url.search,
    // What is packed could unpack to anything.
    headers: { host: url.host, accept: '*/*', 'accept-encoding': 'identity', 'user-agent': 'DocuSnap' },
  });
  // Told by what waits for the answer, or by the answer; it may also come after both were given up.
  asked.on('error', () => undefined);
  asked.end();
  const [answer] = (await once(asked, 'response', { signal: stop.signal })) as [Answer];
  return answer;
}

/** A connection over which a host has proven that it is `host`. */
async function connectTo(
  reach: Reach,
  addresses: readonly string[],
  host: string,
  signal: AbortSignal,
): Promise<TLSSocket> {
  const name = host.replace(/\.$/, '');
  const bare = reach.dial(addresses);
  const socket = tlsConnect({
    socket: bare,
    host: name,
    servername: isIP(name) ? '' : name,
    ca: reach.ca,
    // Said, because an environment variable of Node's would undo what is not.
    rejectUnauthorized: true,
    ALPNProtocols: ['http/1.1'],
  });
  // What happens to them after they were given up is nobody's error any more.
  for (const one of [bare, socket]) one.on('error', () => undefined);
  try {
    await once(socket, 'secureConnect', { signal });
    return socket;
  } catch (error) {
    socket.destroy();
    bare.destroy();
    throw signal.aborted ? signal.reason : error;
  }
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
