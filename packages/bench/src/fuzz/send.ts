import { Agent, request } from 'node:http';
import type { Ids } from './ids.ts';
import type { CallerName, Shot } from './shots.ts';

/** After this long an answer is late whatever was asked, milliseconds: nothing here waits for more than a second on purpose. */
export const LATE_MS = 15_000;
/** Event streams end only with their job; this much of them is looked at. */
const STREAM_MS = 300;
/** Of an answer. */
const MOST_BYTES = 4 * 1024 * 1024;

export interface Target {
  readonly url: string;
  readonly keys: Readonly<Record<CallerName, string | null>>;
  readonly ids: Ids;
  readonly agent: Agent;
}

export function openTarget(url: string, keys: Target['keys'], ids: Ids): Target & { close(): void } {
  const agent = new Agent({ keepAlive: true, maxSockets: 32 });
  return { url, keys, ids, agent, close: () => agent.destroy() };
}

/** A request with everything in it. */
export interface Sent {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | null;
}

export interface Answer {
  /** 0: the connection was closed without one. */
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  readonly ms: number;
}

/** Puts ids that live and the key into a shot. */
export function prepare({ keys, ids }: Target, shot: Shot): Sent {
  let next = 0;
  const path = shot.operation.path.replaceAll(/([^/]*)\/\{\w+\}/g, (_all, before: string) => {
    const part = shot.parts[next];
    next += 1;
    if (part === undefined) return `${before}/0`;
    return `${before}/${'text' in part ? part.text : ids.live(before, part.live, shot.method)}`;
  });
  const query = shot.query
    .map(([name, value]) => `${encodeURIComponent(name.toWellFormed())}=${encodeURIComponent(value.toWellFormed())}`)
    .join('&');
  const key = keys[shot.caller];
  const headers: Record<string, string> = {
    ...(key === null ? {} : { authorization: `Bearer ${key}` }),
    ...(shot.body?.type ? { 'content-type': shot.body.type } : {}),
    ...Object.fromEntries(shot.headers),
  };
  if (shot.body) headers['content-length'] = String(shot.body.bytes.length);
  return {
    method: shot.method,
    path: query === '' ? path : `${path}?${query}`,
    headers,
    body: shot.body?.bytes ?? null,
  };
}

export function send({ url, agent }: Pick<Target, 'url' | 'agent'>, sent: Sent): Promise<Answer> {
  const { hostname, port } = new URL(url);
  const began = performance.now();
  return new Promise((resolve) => {
    const options = { hostname, port, method: sent.method, path: sent.path, headers: sent.headers, agent };
    const outgoing = request(options);
    const late = setTimeout(() => outgoing.destroy(), LATE_MS);
    const end = (answer: Omit<Answer, 'ms'>): void => {
      clearTimeout(late);
      resolve({ ...answer, ms: performance.now() - began });
    };
    outgoing.on('error', () => end({ status: 0, headers: {}, text: '' }));
    outgoing.on('response', (incoming) => {
      const { statusCode: status = 0, headers } = incoming;
      const chunks: Buffer[] = [];
      let bytes = 0;
      const done = (): void => end({ status, headers, text: Buffer.concat(chunks).toString() });
      incoming.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        chunks.push(chunk);
        if (bytes > MOST_BYTES) incoming.destroy();
      });
      incoming.on('error', () => undefined);
      incoming.on('close', done);
      if (headers['content-type'] === 'text/event-stream') setTimeout(() => incoming.destroy(), STREAM_MS);
    });
    outgoing.end(sent.body ?? undefined);
  });
}

/** The request as a line for a shell. */
export function asCurl(url: string, { method, path, headers, body }: Sent): string {
  const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
  const shown = Object.entries(headers)
    .filter(([name]) => name !== 'content-length')
    .map(
      ([name, value]) =>
        `-H ${quote(`${name}: ${name === 'authorization' ? value.replace(/ds_\S+/, '$KEY') : value}`)}`,
    );
  const sends = body === null ? '' : ` --data-binary @- < <(base64 -d <<< ${body.toString('base64')})`;
  return `curl -i --path-as-is -X ${method} ${shown.join(' ')} ${quote(url + path)}${sends}`;
}
