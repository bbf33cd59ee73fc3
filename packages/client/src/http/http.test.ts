import { createServer } from 'node:http';
import { expect, test } from '@jest/globals';
import { type DocuSnapError, isDocuSnapError, openDocuSnap } from '../index.ts';

async function errorOf(work: Promise<unknown>): Promise<DocuSnapError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!isDocuSnapError(error)) throw new Error(`no error of DocuSnap: ${String(error)}`);
  return error;
}

test('a request that meets a passing fault is sent again with the same Idempotency-Key, as late as the server asks', async () => {
  const keys: (string | undefined)[] = [];
  const answers = [
    (): [number, Record<string, string>, string] => [503, { 'retry-after': '0' }, '<html>away</html>'],
    (): [number, Record<string, string>, string] => [
      429,
      { 'retry-after': '0' },
      JSON.stringify({ code: 'too_many_requests', detail: 'x', retryable: true }),
    ],
    (): [number, Record<string, string>, string] => [200, {}, '{"id":"k","key":"ds_1"}'],
    (): [number, Record<string, string>, string] => [
      429,
      { 'retry-after': '7200' },
      JSON.stringify({ code: 'page_budget_spent', detail: 'x', retryable: true }),
    ],
  ];
  const server = createServer((request, response) => {
    keys.push(request.headers['idempotency-key'] as string | undefined);
    const [status, headers, body] = answers.shift()!();
    response.writeHead(status, headers).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  try {
    const client = openDocuSnap({ url: `http://127.0.0.1:${port}`, apiKey: 'x' });
    expect((await client.keys.create({ name: 'a' })).key).toBe('ds_1');
    expect(keys).toHaveLength(3);
    expect(new Set(keys).size).toBe(1);
    expect(await errorOf(client.usage())).toMatchObject({ code: 'page_budget_spent', retryAfterSeconds: 7200 });
  } finally {
    server.closeAllConnections();
    await server[Symbol.asyncDispose]();
  }
  const gone = openDocuSnap({ url: `http://127.0.0.1:${port}`, retries: 1 });
  expect(await errorOf(gone.usage())).toMatchObject({ code: 'unreachable', retryable: true });
});
