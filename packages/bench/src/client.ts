import { Agent, request } from 'node:http';
import type { JobBody, PageBody } from '@docusnap/contracts';

/** One keep-alive connection to a gateway, so that connecting is not measured. */
export interface Client {
  readonly url: string;
  readonly key: string;
  readonly agent: Agent;
}

export function openClient(url: string, key: string): Client {
  return { url, key, agent: new Agent({ keepAlive: true, maxSockets: 1 }) };
}

interface Answer {
  readonly status: number;
  readonly body: string;
  /** performance.now() when the last byte of the request had been handed to the system. */
  readonly sentAt: number;
}

function send(client: Client, method: string, path: string, body?: { type: string; bytes: Buffer }): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let sentAt = 0;
    const headers: Record<string, string | number> = { authorization: `Bearer ${client.key}` };
    if (body) Object.assign(headers, { 'content-type': body.type, 'content-length': body.bytes.length });
    const outgoing = request(new URL(path, client.url), { method, headers, agent: client.agent }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('error', reject);
      incoming.on('end', () =>
        resolve({ status: incoming.statusCode ?? 0, body: Buffer.concat(chunks).toString(), sentAt }),
      );
    });
    outgoing.on('error', reject);
    outgoing.on('finish', () => {
      sentAt = performance.now();
    });
    outgoing.end(body?.bytes);
  });
}

async function json<T>(
  client: Client,
  method: string,
  path: string,
  expected: number,
  body?: { type: string; bytes: Buffer },
) {
  const answer = await send(client, method, path, body);
  if (answer.status !== expected)
    throw new Error(`${method} ${path}: expected ${expected}, got ${answer.status}: ${answer.body}`);
  return { value: JSON.parse(answer.body) as T, sentAt: answer.sentAt };
}

/** Submits one file by multipart, as curl -F does. */
export async function submit(client: Client, name: string, bytes: Buffer): Promise<{ job: JobBody; sentAt: number }> {
  const boundary = 'docusnap-bench-boundary';
  const head = `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="${name}"\r\ncontent-type: application/octet-stream\r\n\r\n`;
  const form = Buffer.concat([Buffer.from(head), bytes, Buffer.from(`\r\n--${boundary}--\r\n`)]);
  const type = `multipart/form-data; boundary=${boundary}`;
  const { value, sentAt } = await json<JobBody>(client, 'POST', '/v1/jobs', 202, { type, bytes: form });
  return { job: value, sentAt };
}

/** Long-polls until the job ends. */
export async function waitForEnd(client: Client, id: string): Promise<JobBody> {
  for (;;) {
    const { value } = await json<JobBody>(client, 'GET', `/v1/jobs/${id}?wait=60`, 200);
    if (value.finished_at !== null) return value;
  }
}

export async function getPage(client: Client, id: string, number: number): Promise<PageBody> {
  return (await json<PageBody>(client, 'GET', `/v1/jobs/${id}/pages/${number}`, 200)).value;
}

/** Removes a job that has ended, with its files and its text. */
export async function erase(client: Client, id: string): Promise<void> {
  const { status, body } = await send(client, 'DELETE', `/v1/jobs/${id}`);
  if (status !== 204) throw new Error(`DELETE /v1/jobs/${id}: expected 204, got ${status}: ${body}`);
}
