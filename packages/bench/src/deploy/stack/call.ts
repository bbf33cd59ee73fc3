import { type ClientRequest, type IncomingHttpHeaders, type IncomingMessage, request as plainRequest } from 'node:http';
import { type AgentOptions, Agent as SecureAgent, request as secureRequest } from 'node:https';
import { pipeline } from 'node:stream/promises';

/** Who asks, and where. */
export interface Caller {
  readonly url: string;
  readonly key: string;
  /** Certificate that is believed, PEM. */
  readonly certificate: string;
  /** Kept connections; without one each request has its own. */
  readonly agent?: SecureAgent;
}

export interface Asked {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | AsyncIterable<Buffer>;
  /** Address of this machine to ask from. */
  readonly from?: string;
  /** Called with each piece of the answer as it comes. */
  readonly onPiece?: (text: string) => void;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** All header fields as they came, name and value in turn. */
  readonly rawHeaders: readonly string[];
  readonly body: string;
}

export function keptConnections(options: AgentOptions = {}): SecureAgent {
  return new SecureAgent({ keepAlive: true, ...options });
}

/** One request; rejects where no whole answer comes. */
export async function ask(caller: Caller, method: string, path: string, asked: Asked = {}): Promise<Answer> {
  const { headers = {}, body, from, onPiece } = asked;
  const url = new URL(caller.url);
  const authorization = caller.key === '' ? {} : { authorization: `Bearer ${caller.key}` };
  const options = {
    host: url.hostname,
    port: url.port,
    // As it is: URL would tidy up paths that climb.
    path,
    method,
    headers: { ...authorization, ...headers },
    ca: caller.certificate,
    family: 4,
    agent: caller.agent ?? false,
    ...(from === undefined ? {} : { localAddress: from }),
  } as const;
  const outgoing = url.protocol === 'https:' ? secureRequest(options) : plainRequest(options);
  const answered = answerTo(outgoing, onPiece);
  // An answer that comes before the whole body was sent counts; what then breaks is the sending only.
  const sent = body === undefined || Buffer.isBuffer(body) ? outgoing.end(body) : pipeline(body, outgoing);
  await Promise.race([
    answered,
    Promise.resolve(sent).then(
      () => answered,
      () => answered,
    ),
  ]);
  return answered;
}

async function answerTo(outgoing: ClientRequest, onPiece?: (text: string) => void): Promise<Answer> {
  const incoming = await new Promise<IncomingMessage>((resolve, reject) => {
    outgoing.once('response', resolve);
    outgoing.on('error', reject);
  });
  const pieces: Buffer[] = [];
  for await (const piece of incoming) {
    pieces.push(piece as Buffer);
    onPiece?.(String(piece));
  }
  const { statusCode: status = 0, headers, rawHeaders } = incoming;
  return { status, headers, rawHeaders, body: Buffer.concat(pieces).toString() };
}

/** A form with one file, as curl -F sends it. */
export function formOf(
  name: string,
  bytes: Buffer,
  fields: Readonly<Record<string, string>> = {},
): { headers: Record<string, string>; body: Buffer } {
  const boundary = 'docusnap-deploy-boundary';
  const parts = Object.entries(fields).map(
    ([field, text]) => `--${boundary}\r\ncontent-disposition: form-data; name="${field}"\r\n\r\n${text}\r\n`,
  );
  const head = `${parts.join('')}--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="${name}"\r\ncontent-type: application/octet-stream\r\n\r\n`;
  const body = Buffer.concat([Buffer.from(head), bytes, Buffer.from(`\r\n--${boundary}--\r\n`)]);
  return {
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}`, 'content-length': String(body.length) },
    body,
  };
}
