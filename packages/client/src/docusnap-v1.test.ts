import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@jest/globals';
import { openDocuSnapV1, type SealedTask } from './index.ts';

type Reply = readonly [status: number, headers: Record<string, string>, body: string];

/** Answers in turn; the last for ever. Gives what was sent. */
async function withServer(replies: readonly Reply[], act: (url: string) => Promise<void>): Promise<unknown[]> {
  const sent: unknown[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const reply = replies[Math.min(sent.length, replies.length - 1)];
    sent.push(body === '' ? null : JSON.parse(body).has_content);
    if (reply) response.writeHead(reply[0], reply[1]).end(reply[2]);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    await act(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    await server[Symbol.asyncDispose]();
  }
  return sent;
}

const task: SealedTask = {
  type: 'doc',
  sha256: '0',
  body: { has_content: true },
  open: async (result) => result,
};
const BUSY: Reply = [503, { 'retry-after': '0' }, '{"status":"unavailable"}'];

test('a busy server is sent the content again as late as it asks, and polled once it has it', async () => {
  const replies: readonly Reply[] = [BUSY, [202, {}, '{}'], BUSY, [200, {}, '{"result":"done"}']];
  const sent = await withServer(replies, async (url) =>
    expect(await openDocuSnapV1({ url }).complete(task)).toBe('done'),
  );
  expect(sent).toEqual([true, true, false, false]);
});

test.each([
  [[413, {}, ''], 1],
  [[404, {}, '<html>'], 1],
  [[429, { 'retry-after': '7200' }, ''], 1],
  [BUSY, 9],
] as const)('after %j, sent %i times, it ends with an error', async (reply, times) => {
  const sent = await withServer([reply], async (url) => {
    await expect(openDocuSnapV1({ url }).complete(task)).rejects.toMatchObject({ status: reply[0] });
  });
  expect(sent).toHaveLength(times);
});

test('an abort also ends the request for the public key', async () => {
  const reason = new Error('enough');
  await withServer([], async (url) => {
    const abort = new AbortController();
    const asked = openDocuSnapV1({ url }).understand('doc', [], { signal: abort.signal });
    setTimeout(() => abort.abort(reason), 50);
    await expect(asked).rejects.toBe(reason);
  });
});
