import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ChatBody, ChatRequest } from './chat.ts';
import { completionOf, eventsOf, type Reply, responds } from './replies.ts';

/** What a scripted model does with its n-th request, from 0. */
export type Script = (request: ChatRequest, index: number) => Reply;

export interface LanguageModelServer {
  /** Up to the version, as an OpenAI client wants it. */
  readonly baseUrl: string;
  /** Of chat completions, in order. */
  readonly requests: readonly ChatRequest[];
  /** Follows another script from now on; requests are counted anew. */
  follow(script: Script): void;
  close(): Promise<void>;
}

/** A server of OpenAI's protocol whose model says what a script has it say; for tests. It listens on a free port of 127.0.0.1. */
export async function startLanguageModelServer(first: Script): Promise<LanguageModelServer> {
  let script = first;
  let requests: ChatRequest[] = [];
  const server = createServer((message, response) => {
    answer(message, response).catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
  });

  async function answer(message: IncomingMessage, response: ServerResponse): Promise<void> {
    if (message.method === 'GET' && message.url === '/v1/models') {
      send(response, responds(200, { object: 'list', data: [{ id: 'scripted', object: 'model', owned_by: 'tests' }] }));
      return;
    }
    if (message.method !== 'POST' || message.url !== '/v1/chat/completions') {
      send(
        response,
        responds(404, {
          error: { message: `Unknown request URL: ${message.method} ${message.url}`, type: 'invalid_request_error' },
        }),
      );
      return;
    }
    const body = JSON.parse(await textOf(message)) as ChatBody;
    const request = { headers: message.headers as ChatRequest['headers'], body };
    requests.push(request);
    const reply = script(request, requests.length - 1);
    if (reply.kind === 'answer' && body.stream) stream(response, eventsOf(reply, request));
    else if (reply.kind === 'answer') send(response, responds(200, completionOf(reply, request)));
    else send(response, reply);
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    get requests() {
      return requests;
    },
    follow(next) {
      script = next;
      requests = [];
    },
    close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      return closed;
    },
  };
}

function send(response: ServerResponse, reply: Exclude<Reply, { kind: 'answer' }>): void {
  if (reply.kind === 'body') {
    response.writeHead(reply.status, reply.headers).end(reply.body);
    return;
  }
  const end = (): void => void (reply.kind === 'cut' && response.socket?.destroy());
  if (reply.after === 'nothing') {
    end();
    return;
  }
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
  response.write('{"id":"chatcmpl-1","choices":[{"message":{"con', end);
}

function stream(response: ServerResponse, events: readonly string[]): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const event of events) response.write(`data: ${event}\n\n`);
  response.end();
}

async function textOf(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
