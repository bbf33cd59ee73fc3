import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { CUT_HALFWAY, fails, says } from './replies.ts';
import { type LanguageModelServer, startLanguageModelServer } from './server.ts';

let server: LanguageModelServer;

beforeAll(async () => {
  server = await startLanguageModelServer(() => says({ a: 1 }));
});
afterAll(() => server.close());

const ask = (more: object = {}) =>
  fetch(`${server.baseUrl}/chat/completions`, {
    method: 'POST',
    body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'eight by four, 中文' }], ...more }),
  });

test('what its script says comes as a chat completion, with tokens counted, and the request is kept', async () => {
  server.follow((_, index) => says({ a: index }));
  const answer = (await (await ask()).json()) as object;
  expect(answer).toMatchObject({
    choices: [{ message: { role: 'assistant', content: '{"a":0}' }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 6, completion_tokens: 2, total_tokens: 8 },
  });
  expect(server.requests).toMatchObject([{ body: { model: 'm' } }]);
});

test('asked for a stream it says the same in events, tokens last', async () => {
  server.follow(() => says('a text of more than sixteen characters'));
  const events = (await (await ask({ stream: true })).text()).split('\n\n').filter((event) => event !== '');
  expect(events.at(-1)).toBe('data: [DONE]');
  const chunks = events.slice(0, -1).map((event) => JSON.parse(event.slice('data: '.length)));
  expect(chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')).toBe(
    'a text of more than sixteen characters',
  );
  expect(chunks.at(-1).usage.completion_tokens).toBeGreaterThan(0);
});

test('it fails as it is told to: by status, or by a connection that breaks in the middle of an answer', async () => {
  server.follow((_, index) =>
    index === 0 ? fails(429, { message: 'Slow down.' }, { 'retry-after': '7' }) : CUT_HALFWAY,
  );
  const refused = await ask();
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '7']);
  expect(await refused.json()).toMatchObject({ error: { message: 'Slow down.' } });
  const cut = await ask();
  await expect(cut.text()).rejects.toThrow();
});

test('its models are listed, and nothing else is served', async () => {
  expect(await (await fetch(`${server.baseUrl}/models`)).json()).toMatchObject({ data: [{ id: 'scripted' }] });
  expect((await fetch(`${server.baseUrl}/embeddings`, { method: 'POST' })).status).toBe(404);
});
