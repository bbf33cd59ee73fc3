import { expect, test } from '@jest/globals';
import { errorOf } from './problem.ts';

test('of a page that some other server answers with, the words are told and not the markup', async () => {
  const page =
    '<!DOCTYPE html><html><head><style>p{}</style></head><body><h1>Not\n found</h1><p>nginx</p></body></html>';
  const error = await errorOf(new Response(page, { status: 404 }));
  expect(error).toMatchObject({ code: 'unexpected_answer', status: 404, retryable: false });
  expect(error.message).toBe('The server answered with status 404 and no reason of its own: Not found nginx');
});

test('of a page that goes on behind what is looked at no markup is told either', async () => {
  const styles = `<html><style>${'p{}'.repeat(4_000)}</style><p>Late</p></html>`;
  const link = `<html><p>Bad gateway</p><a href="${'x'.repeat(11_000)}">`;
  for (const [page, told] of [
    [styles, ''],
    [link, ': Bad gateway'],
  ] as const) {
    const { message } = await errorOf(new Response(page, { status: 502 }));
    expect(message).not.toMatch(/[<{]|xx/);
    expect(message).toContain(`no reason of its own${told}`);
  }
});
