import { createServer, type IncomingHttpHeaders } from 'node:http';
import { text } from 'node:stream/consumers';
import { freePort } from '@docusnap/testing';

export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: number;
}

/** A stand-in for a gateway, which says what reached it. */
export interface Upstream {
  readonly address: string;
  readonly seen: Seen[];
  /** `answer`: 200 with what it saw. `break`: closes the connection once it has read the request. */
  manner: 'answer' | 'break';
  close(): Promise<void>;
}

export async function startUpstream(): Promise<Upstream> {
  const port = await freePort();
  const server = createServer(async (request, response) => {
    const { method = '', url = '', headers } = request;
    // A request that the proxy gives up half-way is of no interest.
    const body = await text(request).catch(() => undefined);
    if (body === undefined) return;
    const seen = { method, url, headers, bytes: body.length };
    upstream.seen.push(seen);
    if (upstream.manner === 'break') request.socket.destroy();
    else
      response
        .writeHead(200, { 'content-type': 'application/json', 'strict-transport-security': 'max-age=1' })
        .end(JSON.stringify(seen));
  });
  const upstream: Upstream = {
    address: `127.0.0.1:${port}`,
    seen: [],
    manner: 'answer',
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return upstream;
}
