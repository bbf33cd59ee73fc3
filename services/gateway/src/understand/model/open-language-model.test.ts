import type { ErrorCode } from '@docusnap/contracts';
import {
  CUT,
  CUT_HALFWAY,
  fails,
  freePort,
  HANG,
  HANG_HALFWAY,
  type Reply,
  refusesToSpeak,
  responds,
  type Script,
  says,
} from '@docusnap/testing';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { openLanguageModel } from './open-language-model.ts';
import { ANSWER, failureOf, type ModelTest, NEVER, openModelTest, QUESTION, SECRET } from './test-model.ts';

let at: ModelTest;
beforeAll(async () => {
  at = await openModelTest();
});
afterEach(() => at.closeModels());
afterAll(() => at.close());

/** A script of single replies; the last one for all that come later. */
const inTurn =
  (...replies: readonly Reply[]): Script =>
  (_, index) =>
    replies[Math.min(index, replies.length - 1)]!;

test('without a configuration there is no model', () => {
  expect(openLanguageModel(null)).toBeNull();
});

test('a question goes out with its schema, its limit and the key, and the answer comes back with its tokens', async () => {
  at.server.follow(() => says(ANSWER));
  expect(await at.open().complete(QUESTION, NEVER)).toEqual({
    text: '{"name":"L"}',
    finish: 'stop',
    usage: { prompt_tokens: 10, completion_tokens: 3 },
  });
  const [{ headers, body }] = at.server.requests as [(typeof at.server.requests)[0]];
  expect(headers.authorization).toBe('Bearer k');
  expect(body).toEqual({
    model: 'm',
    messages: QUESTION.messages,
    max_tokens: 500,
    temperature: 0,
    response_format: { type: 'json_schema', json_schema: { name: 'answer', strict: true, schema: QUESTION.schema } },
  });
});

test('pictures go with the last message of the user', async () => {
  at.server.follow(() => says(ANSWER));
  const pictures = [{ page: 2, mediaType: 'image/png', bytes: new Uint8Array([1, 2, 3]) }];
  await at.open().complete({ ...QUESTION, pictures }, NEVER);
  expect(at.server.requests[0]!.body.messages[1]!.content).toEqual([
    { type: 'text', text: 'Page 2 as a picture:' },
    { type: 'image_url', image_url: { url: 'data:image/png;base64,AQID' } },
    { type: 'text', text: QUESTION.messages[1]!.content },
  ]);
});

describe('passing failures', () => {
  test.each([
    ['429', fails(429, { message: 'slow' })],
    ['500', fails(500, { message: 'oops' })],
    ['503 without JSON', responds(503, '<html>down</html>', { 'content-type': 'text/html' })],
    ['a connection that is cut', CUT],
    ['an answer that is cut', CUT_HALFWAY],
  ])('%s: asked again after a while, twice at most', async (_, failure) => {
    at.server.follow(inTurn(failure, failure, says(ANSWER)));
    expect((await at.open().complete(QUESTION, NEVER)).text).toBe('{"name":"L"}');
    expect(at.waits).toEqual([1250, 2500]);

    at.server.follow(inTurn(failure));
    expect((await failureOf(at.open().complete(QUESTION, NEVER))).code).toBe('llm_unavailable');
    expect(at.server.requests).toHaveLength(3);
  });

  test('Retry-After is honoured, and handed on where it is longer than a question may wait', async () => {
    at.server.follow(inTurn(fails(429, { message: 'slow' }, { 'retry-after': '7' }), says(ANSWER)));
    await at.open().complete(QUESTION, NEVER);
    expect(at.waits).toEqual([7000]);
    at.server.follow(inTurn(fails(503, { message: 'slow' }, { 'retry-after': '90' })));
    expect(await failureOf(at.open().complete(QUESTION, NEVER))).toMatchObject({
      code: 'llm_unavailable',
      retryAfter: 90,
    });
    expect(at.server.requests).toHaveLength(1);
  });

  test('a server that is not there is unavailable, with the reason of the system', async () => {
    const { code, message } = await failureOf(
      at.open({ baseUrl: `http://127.0.0.1:${await freePort()}/v1` }).complete(QUESTION, NEVER),
    );
    expect([code, message]).toEqual(['llm_unavailable', expect.stringContaining('(ECONNREFUSED)')]);
  });

  test.each([
    ['answers', HANG],
    ['ends its answer', HANG_HALFWAY],
  ])('a server that never %s is given the configured time, once', async (_, reply) => {
    at.server.follow(() => reply);
    const started = performance.now();
    expect((await failureOf(at.open({ timeoutSeconds: 1 }).complete(QUESTION, NEVER))).code).toBe('llm_timeout');
    expect(performance.now() - started).toBeLessThan(50_000);
    expect(at.server.requests).toHaveLength(1);
  });

  test('whoever asked can stop waiting', async () => {
    at.server.follow(() => HANG);
    const stop = new AbortController();
    const asked = at.open().complete(QUESTION, stop.signal);
    setTimeout(() => stop.abort(new Error('the job was cancelled')), 50);
    await expect(asked).rejects.toThrow('the job was cancelled');
  });
});

test('waiting between two tries ends with the job', async () => {
  at.server.follow(() => fails(429, { message: 'slow' }, { 'retry-after': '20' }));
  const model = openLanguageModel({
    baseUrl: at.server.baseUrl,
    model: 'm',
    apiKey: null,
    contextTokens: 8192,
    timeoutSeconds: 20,
    vision: false,
  })!;
  const stop = new AbortController();
  const asked = model.complete(QUESTION, stop.signal);
  while (at.server.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  setTimeout(() => stop.abort(new Error('the job was cancelled')), 100);
  await expect(asked).rejects.toThrow('the job was cancelled');
  await model.close();
  expect(at.server.requests.map(({ headers }) => headers.authorization)).toEqual(['Bearer none']);
});

describe('failures that stay', () => {
  test.each<[string, Reply, ErrorCode]>([
    ['a wrong key', fails(401, { message: `key ${SECRET}` }), 'llm_misconfigured'],
    ['a model that is not there', fails(404, { message: 'model "m" not found' }), 'llm_misconfigured'],
    [
      'no credit',
      fails(429, { message: 'You exceeded your current quota', code: 'insufficient_quota' }),
      'llm_unavailable',
    ],
    ['a refusal in its own field', refusesToSpeak(), 'llm_refused'],
    ['a content filter', says('', { finish: 'content_filter' }), 'llm_refused'],
    [
      'Zhipu’s filter',
      responds(400, { error: { code: '1301', message: '系统检测到输入可能包含敏感内容' } }),
      'llm_refused',
    ],
    [
      'an error in the body of a success',
      responds(200, { error: { message: 'context size', code: 400 } }),
      'llm_context_exceeded',
    ],
    ['an answer that is no completion', responds(200, { hello: SECRET }), 'llm_answer_invalid'],
    ['an answer that is no JSON', responds(200, `{"choices": [ ${SECRET}`), 'llm_answer_invalid'],
    [
      'a page of a proxy',
      responds(200, `<html>${SECRET}</html>`, { 'content-type': 'text/html' }),
      'llm_misconfigured',
    ],
  ])('%s', async (_, reply, expected) => {
    at.server.follow(() => reply);
    expect((await failureOf(at.open().complete(QUESTION, NEVER))).code).toBe(expected);
    expect(at.server.requests).toHaveLength(1);
  });

  test('an answer that was cut says so', async () => {
    at.server.follow(() => says('{"name": "L', { finish: 'length' }));
    expect((await at.open().complete(QUESTION, NEVER)).finish).toBe('length');
  });
});

describe('the circuit breaker', () => {
  test('leaves a failing server alone, and asks it once in a while', async () => {
    at.server.follow(() => fails(500, { message: 'oops' }));
    const model = at.open();
    for (let call = 0; call < 5; call += 1) await failureOf(model.complete(QUESTION, NEVER));
    const asked = at.server.requests.length;
    expect(await failureOf(model.complete(QUESTION, NEVER))).toMatchObject({ code: 'llm_unavailable', retryAfter: 30 });
    expect(at.server.requests).toHaveLength(asked);

    at.pass(30_000);
    const [probe, refused] = await Promise.all([
      failureOf(model.complete(QUESTION, NEVER)),
      failureOf(model.complete(QUESTION, NEVER)),
    ]);
    expect([probe.message, refused.message]).toEqual([
      expect.stringContaining('500'),
      expect.stringContaining('left alone'),
    ]);

    at.pass(30_000);
    at.server.follow(() => says(ANSWER));
    await model.complete(QUESTION, NEVER);
    await Promise.all([model.complete(QUESTION, NEVER), model.complete(QUESTION, NEVER)]);
    expect(at.server.requests).toHaveLength(3);
  });

  test('counts no failure that says that the server is there', async () => {
    at.server.follow(() => refusesToSpeak());
    const model = at.open();
    for (let call = 0; call < 7; call += 1)
      expect((await failureOf(model.complete(QUESTION, NEVER))).code).toBe('llm_refused');
  });
});
