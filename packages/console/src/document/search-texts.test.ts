import { afterAll, expect, test } from '@jest/globals';
import { signal } from '@preact/signals';
import { openSearchTexts } from './search-texts.ts';

const before = globalThis.fetch;
afterAll(() => void Object.assign(globalThis, { fetch: before }));

const line = (text: string) => ({ text, quad: [], confidence: 1, words: [] });
const asked: string[] = [];
globalThis.fetch = async (path) => {
  asked.push(String(path));
  const number = /pages\/(\d+)$/.exec(String(path))?.[1];
  return number === undefined
    ? new Response('First leaf\fSecond leaf\fThird leaf')
    : Response.json({ text: { blocks: [{ lines: [line(`Leaf ${number}`), line('of a book')] }] } });
};

test('while a document is read its pages are searched as far as they are, and once it has ended the whole', async () => {
  const job = signal({ status: 'reading', pages_done: 2, finished_at: null } as never);
  const done = new Set([1, 2]);
  const search = openSearchTexts('J', { job, numbers: signal([1, 2, 3]), isRead: (page) => done.has(page) });
  await search.load();
  expect(search.texts.value).toEqual(new Map([1, 2].map((page) => [page, `leaf${page}ofabook`])));

  done.add(3);
  job.value = { status: 'reading', pages_done: 3, finished_at: null } as never;
  await search.load();
  await search.load();
  expect([...(search.texts.value ?? [])].length).toBe(3);
  expect(asked).toEqual([1, 2, 3].map((page) => `/v1/jobs/J/pages/${page}`));

  job.value = { status: 'completed', pages_done: 3, finished_at: '2026-01-01T00:00:00Z' } as never;
  await search.load();
  expect(search.texts.value?.get(3)).toBe('thirdleaf');
  expect(search.failure.value).toBeNull();
});

test('a page that cannot be loaded is not told of once the whole document was', async () => {
  const job = signal({ status: 'reading', pages_done: 1, finished_at: null } as never);
  const answering = globalThis.fetch;
  const held = Promise.withResolvers<Response>();
  globalThis.fetch = (path) => (/pages/.test(String(path)) ? held.promise : answering(path));
  const search = openSearchTexts('K', { job, numbers: signal([1]), isRead: () => true });
  const first = search.load();
  job.value = { status: 'completed', pages_done: 1, finished_at: '2026-01-01T00:00:00Z' } as never;
  await search.load();
  held.reject(new TypeError('the connection broke'));
  await first;
  globalThis.fetch = answering;
  expect(search.failure.value).toBeNull();
  expect(search.texts.value?.get(1)).toBe('firstleaf');
});
