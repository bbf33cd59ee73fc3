import { Agent, request } from 'node:http';
import type { JobBody, PageBody, ResultBody, SystemBody } from '@docusnap/contracts';

/** As in the API. */
export interface SubmitOptions {
  readonly cache?: boolean;
}

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
export async function submit(
  client: Client,
  name: string,
  bytes: Buffer,
  options: SubmitOptions = {},
  fields: Readonly<Record<string, string>> = {},
): Promise<{ job: JobBody; sentAt: number }> {
  const boundary = 'docusnap-bench-boundary';
  const asked = Object.entries({ options: JSON.stringify(options), ...fields })
    .map(([field, text]) => `--${boundary}\r\ncontent-disposition: form-data; name="${field}"\r\n\r\n${text}\r\n`)
    .join('');
  const head = `${asked}--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="${name}"\r\ncontent-type: application/octet-stream\r\n\r\n`;
  const form = Buffer.concat([Buffer.from(head), bytes, Buffer.from(`\r\n--${boundary}--\r\n`)]);
  const type = `multipart/form-data; boundary=${boundary}`;
  const { value, sentAt } = await json<JobBody>(client, 'POST', '/v1/jobs', 202, { type, bytes: form });
  return { job: value, sentAt };
}

/** Submits one job of several files. */
export async function submitFiles(
  client: Client,
  files: readonly { readonly name: string; readonly bytes: Buffer }[],
  options: SubmitOptions = {},
): Promise<JobBody> {
  const boundary = 'docusnap-bench-boundary';
  const begin = `--${boundary}\r\ncontent-disposition: form-data; name=`;
  const parts = files.flatMap(({ name, bytes }) => [
    Buffer.from(`${begin}"file"; filename="${name}"\r\ncontent-type: application/octet-stream\r\n\r\n`),
    bytes,
    Buffer.from('\r\n'),
  ]);
  const head = Buffer.from(`${begin}"options"\r\n\r\n${JSON.stringify(options)}\r\n`);
  const bytes = Buffer.concat([head, ...parts, Buffer.from(`--${boundary}--\r\n`)]);
  const type = `multipart/form-data; boundary=${boundary}`;
  return (await json<JobBody>(client, 'POST', '/v1/jobs', 202, { type, bytes })).value;
}

/** Submits a job without files. */
export async function submitJson(client: Client, body: object): Promise<JobBody> {
  const bytes = Buffer.from(JSON.stringify(body));
  return (await json<JobBody>(client, 'POST', '/v1/jobs', 202, { type: 'application/json', bytes })).value;
}

export async function getResult(client: Client, id: string): Promise<ResultBody> {
  return (await json<ResultBody>(client, 'GET', `/v1/jobs/${id}/result`, 200)).value;
}

/** Needs the scope `operator`. */
export async function getSystem(client: Client): Promise<SystemBody> {
  return (await json<SystemBody>(client, 'GET', '/v1/system', 200)).value;
}

export async function getJob(client: Client, id: string): Promise<JobBody> {
  return (await json<JobBody>(client, 'GET', `/v1/jobs/${id}`, 200)).value;
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

/** Whether the page is there already: its status is 200 and not "not ready". */
export async function isPageReady(client: Client, id: string, number: number): Promise<boolean> {
  const { status, body } = await send(client, 'GET', `/v1/jobs/${id}/pages/${number}`);
  if (status === 200) return (JSON.parse(body) as PageBody).status === 'done';
  // Before the file is opened there is no such page, then it is not read yet.
  if (status === 404 || status === 409) return false;
  throw new Error(`GET /v1/jobs/${id}/pages/${number}: expected 200, 404 or 409, got ${status}: ${body}`);
}

/** Stops a job that runs. */
export async function cancel(client: Client, id: string): Promise<JobBody> {
  return (await json<JobBody>(client, 'POST', `/v1/jobs/${id}/cancel`, 200)).value;
}

/** Removes a job, with its files and its text. */
export async function erase(client: Client, id: string): Promise<void> {
  const { status, body } = await send(client, 'DELETE', `/v1/jobs/${id}`);
  if (status !== 204) throw new Error(`DELETE /v1/jobs/${id}: expected 204, got ${status}: ${body}`);
}
