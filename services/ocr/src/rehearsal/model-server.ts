import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** For tests only: a server that models are downloaded from, well or badly. */
export interface ModelServer {
  readonly url: string;
  /** Paths asked for so far. */
  readonly asked: string[];
  close(): Promise<void>;
}

export type Answer = (response: ServerResponse) => void;

/** Answers each path as it is told, any other with 404. */
export async function startModelServer(answers: Readonly<Record<string, Answer>>): Promise<ModelServer> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    asked.push(path);
    const answer = answers[path];
    if (answer) answer(response);
    else response.writeHead(404).end('nothing here');
  });
  // A client that takes its time on a busy machine is not one that has gone.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    asked,
    async close() {
      server.closeAllConnections();
      await server[Symbol.asyncDispose]();
    },
  };
}

/** The whole file. */
export function whole(bytes: Buffer): Answer {
  return (response) => response.writeHead(200, { 'content-length': bytes.length }).end(bytes);
}

/** Announces the whole file, sends half of it, then breaks off. */
export function truncated(bytes: Buffer): Answer {
  return (response) => {
    response.writeHead(200, { 'content-length': bytes.length });
    response.write(bytes.subarray(0, bytes.length / 2), () => response.destroy());
  };
}

/** Half of the file, as if that were all. */
export function shortened(bytes: Buffer): Answer {
  return whole(bytes.subarray(0, bytes.length / 2));
}

/** Half of the file, then silence. */
export function stalled(bytes: Buffer): Answer {
  return (response) => {
    response.writeHead(200, { 'content-length': bytes.length });
    response.write(bytes.subarray(0, bytes.length / 2));
  };
}
