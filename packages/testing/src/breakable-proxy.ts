import { connect, createServer, type Socket } from 'node:net';

/** A server as its clients see it through a network that can be broken; for tests. */
export interface BreakableProxy {
  /** The given URL with this proxy's port in it. */
  readonly url: string;
  /** Cuts all connections and lets no new one in. */
  cut(): Promise<void>;
  /** Lets connections in again. */
  mend(): Promise<void>;
  /** Passes nothing on any more, while connections stay open. */
  freeze(): void;
  /** As `freeze`, and connections that are opened from now on are as silent, until it is mended. */
  swallow(): void;
  close(): Promise<void>;
}

/** Forwards a free port of 127.0.0.1 to the server of a URL. */
export async function breakableProxy(url: string): Promise<BreakableProxy> {
  const target = new URL(url);
  const sockets = new Set<Socket>();
  let swallows = false;
  const server = createServer((client) => {
    if (swallows) {
      sockets.add(client.on('error', () => client.destroy()).on('close', () => sockets.delete(client)));
      return;
    }
    const upstream = connect(Number(target.port), target.hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      // What breaks one side breaks the other; that is all there is to do about it.
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.pipe(upstream);
    upstream.pipe(client);
  });

  function start(port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', () => {
        const address = server.address();
        resolve(typeof address === 'object' && address !== null ? address.port : port);
      });
    });
  }

  async function stop(): Promise<void> {
    const closed = server.listening ? new Promise<void>((resolve) => server.close(() => resolve())) : undefined;
    for (const socket of sockets) socket.destroy();
    await closed;
  }

  const freeze = (): void => {
    for (const socket of sockets) socket.unpipe().pause();
  };

  const port = await start(0);
  const proxied = new URL(url);
  proxied.hostname = '127.0.0.1';
  proxied.port = String(port);
  return {
    url: proxied.toString(),
    cut: stop,
    mend: async () => {
      swallows = false;
      await start(port);
    },
    freeze,
    swallow: () => {
      swallows = true;
      freeze();
    },
    close: stop,
  };
}
