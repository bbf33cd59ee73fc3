import { createServer, type ServerResponse } from 'node:http';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { type DocuSnap, openDocuSnap } from '../index.ts';

/** A server behind a proxy that passes an answer on once it is whole: that of a stream never is. What waits for a change is answered by `change`. */
let job: { id: string; status: string; pages_done: number };
let pages: { number: number; file_index: number; file_frame: number; status: string }[];
let version: number;
let waiting: (() => void)[];
let docusnap: DocuSnap;
const open: ServerResponse[] = [];

const server = createServer((request, response) => {
  const url = new URL(request.url ?? '/', 'http://server');
  const json = (body: unknown): void =>
    void response
      .writeHead(200, { 'content-type': 'application/json', etag: `"${version}"` })
      .end(JSON.stringify(body));
  if (url.pathname.endsWith('/events')) open.push(response);
  else if (url.pathname.endsWith('/pages')) json({ pages, next_cursor: null });
  else if (request.headers['if-none-match'] === `"${version}"`) waiting.push(() => json(job));
  else json(job);
});

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  docusnap = openDocuSnap({ url: `http://127.0.0.1:${port}`, apiKey: 'x', retries: 0 });
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});
beforeEach(() => {
  job = { id: 'J', status: 'reading', pages_done: 0 };
  pages = [1, 2].map((number) => ({ number, file_index: 0, file_frame: number - 1, status: 'queued' }));
  version = 1;
  waiting = [];
});

function change(done: number, status: string): void {
  job = { ...job, status, pages_done: done };
  pages = pages.map((page) => (page.number <= done ? { ...page, status: 'done' } : page));
  version += 1;
  for (const answer of waiting.splice(0)) answer();
}

test('where something between holds streams of events back, held questions tell the same', async () => {
  const events = docusnap.jobs.stream('J', { silentMs: 30 });
  const next = async (): Promise<string> => {
    const { value } = await events.next();
    return value.type === 'page' ? `page ${value.page.number}` : `job ${value.job.status} ${value.job.pages_done}`;
  };
  expect(await next()).toBe('job reading 0');
  const third = next();
  while (waiting.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  change(1, 'reading');
  expect([await third, await next()]).toEqual(['page 1', 'job reading 1']);
  change(2, 'completed');
  expect([await next(), await next()]).toEqual(['page 2', 'job completed 2']);
  expect((await events.next()).done).toBe(true);
});

test('a stream that is held back can be given up', async () => {
  const over = new AbortController();
  const stopped = docusnap.jobs.stream('J', { silentMs: 60_000, signal: over.signal }).next();
  over.abort(new Error('enough'));
  await expect(stopped).rejects.toThrow('enough');
});
