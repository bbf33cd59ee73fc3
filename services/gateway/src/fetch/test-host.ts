import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { PUBLIC_INTERNET, type Reach } from './reach.ts';
import { testCertificate } from './test-certificate.ts';

export type Answering = (request: IncomingMessage, response: ServerResponse) => void;

export interface TestHost {
  /** What is reached from the gateway: the names below, at whatever addresses, are this host. */
  readonly reach: Reach;
  /** Addresses of names, which tests may change at any time; a name without any does not exist. */
  readonly names: Record<string, readonly string[]>;
  /** How it answers from now on. */
  answerWith(answering: Answering): void;
  /** Hosts that were resolved, addresses that were dialled and requests that came since the last `forget`. */
  readonly seen: {
    readonly resolved: string[];
    readonly dialled: (readonly string[])[];
    readonly requests: IncomingMessage[];
  };
  forget(): void;
  /** Connections that are open. */
  connections(): number;
  close(): Promise<void>;
}

/**
 * An HTTPS server on a free port of this machine whose certificate is for `certified`, and a way of reaching hosts that leads to it: only where
 * names lead and what a connection is made to are replaced.
 */
export async function openTestHost(
  certified: readonly string[],
  limits: Pick<Reach, 'connectMs' | 'silentMs' | 'totalMs'>,
): Promise<TestHost> {
  const names: TestHost['names'] = {};
  const seen: TestHost['seen'] = { resolved: [], dialled: [], requests: [] };
  let answering: Answering = (_request, response) => void response.end();
  const certificate = testCertificate(certified);
  const server = createServer(certificate, (request, response) => {
    seen.requests.push(request);
    answering(request, response);
  });
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => undefined);
  });
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const reach: Reach = {
    ...PUBLIC_INTERNET,
    ...limits,
    ca: certificate.cert,
    lookup: async (host) => {
      seen.resolved.push(host);
      const found = names[host];
      if (!found) throw Object.assign(new Error(`no ${host}`), { code: 'ENOTFOUND' });
      return found;
    },
    dial: (addresses) => {
      seen.dialled.push(addresses);
      return connect(port, '127.0.0.1');
    },
  };
  return {
    reach,
    names,
    seen,
    answerWith: (next) => {
      answering = next;
    },
    forget: () => {
      for (const list of Object.values(seen)) list.length = 0;
    },
    connections: () => sockets.size,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const PATIENCE_MS = 120_000;

/** Waits until it holds; throws when that takes too long, so that a test that failed leaves nothing running. */
export async function until(holds: () => boolean): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`Expected within ${PATIENCE_MS} ms: ${holds}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
