import type { Question } from '@docusnap/extraction';
import {
  fails,
  likeClaude,
  likeLlamaCpp,
  likeLmStudio,
  likeOllama,
  likeOpenAi,
  likeVllm,
  likeZhipu,
  type Mind,
  type Script,
  says,
} from '@docusnap/testing';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { ANSWER, failureOf, type ModelTest, NEVER, openModelTest, QUESTION, SECRET } from './test-model.ts';

const LONG: Question = { ...QUESTION, messages: [{ role: 'user', content: `${SECRET} `.repeat(800) }] };
const mind: Mind = () => ANSWER;

let at: ModelTest;
beforeAll(async () => {
  at = await openModelTest();
});
afterEach(() => at.closeModels());
afterAll(() => at.close());

/** The rungs of the requests so far. */
const formats = () => at.server.requests.map(({ body }) => body.response_format?.type ?? 'text');

describe('each kind of server is asked as it wants to be, from the second question at once', () => {
  const WINDOW = { contextTokens: 4096 };

  test.each([
    [
      'OpenAI',
      likeOpenAi(mind, WINDOW),
      3,
      { format: 'json_schema', limit: 'max_completion_tokens', temperature: false },
    ],
    ['Claude', likeClaude(mind, WINDOW), 1, { format: 'json_schema', limit: 'max_tokens', temperature: true }],
    ['vLLM', likeVllm(mind, WINDOW), 1, { format: 'json_schema', limit: 'max_tokens', temperature: true }],
    ['llama.cpp', likeLlamaCpp(mind, WINDOW), 1, { format: 'json_schema', limit: 'max_tokens', temperature: true }],
    ['Ollama', likeOllama(mind, WINDOW), 1, { format: 'json_schema', limit: 'max_tokens', temperature: true }],
    ['LM Studio', likeLmStudio(mind), 1, { format: 'json_schema', limit: 'max_tokens', temperature: true }],
  ])('%s', async (_, script, requests, manner) => {
    at.server.follow(script);
    const model = at.open();
    expect((await model.complete(QUESTION, NEVER)).text).toContain('"name"');
    expect(at.server.requests).toHaveLength(requests);
    await model.complete(QUESTION, NEVER);
    expect(at.server.requests).toHaveLength(requests + 1);
    const { body } = at.server.requests.at(-1)!;
    expect({
      format: body.response_format?.type,
      limit: body.max_tokens === undefined ? 'max_completion_tokens' : 'max_tokens',
      temperature: body.temperature !== undefined,
    }).toEqual(manner);
  });

  test('Zhipu says only that something is wrong: after a few questions it is asked in the manner that worked', async () => {
    at.server.follow(likeZhipu(mind, WINDOW));
    const model = at.open();
    for (let question = 0; question < 5; question += 1) await model.complete(QUESTION, NEVER);
    expect(formats()).toEqual([
      ...['json_schema', 'json_object', 'json_schema', 'json_object', 'json_schema', 'json_object'],
      ...['json_object', 'json_object'],
    ]);
  });

  test.each([
    ['OpenAI', likeOpenAi],
    ['Claude', likeClaude],
    ['Zhipu', likeZhipu],
    ['vLLM', likeVllm],
    ['llama.cpp', likeLlamaCpp],
    ['Ollama', likeOllama],
  ])('%s is found to have been asked too much at once', async (_, like) => {
    at.server.follow(like(mind, { contextTokens: 1024 }));
    const { code } = await failureOf(at.open().complete(LONG, NEVER));
    expect(code).toBe('llm_context_exceeded');
  });
});

test.each([
  ['vLLM', likeVllm],
  ['OpenAI', likeOpenAi],
  ['Claude', likeClaude],
])('%s says how long its context is, and the next documents are cut for that', async (_, like) => {
  at.server.follow(like(mind, { contextTokens: 1024 }));
  const model = at.open();
  await failureOf(model.complete(LONG, NEVER));
  expect(model.contextTokens).toBe(1024);
});

describe('the ladder', () => {
  const refusing =
    (formatsRefused: readonly string[], message: string): Script =>
    ({ body }) =>
      formatsRefused.includes(body.response_format?.type ?? 'text') ? fails(400, { message }) : says(ANSWER);

  test('goes down a rung where the server has no schemas, and stays there', async () => {
    at.server.follow(refusing(['json_schema'], "response_format type 'json_schema' is not supported"));
    const model = at.open();
    await model.complete(QUESTION, NEVER);
    await model.complete(QUESTION, NEVER);
    expect(formats()).toEqual(['json_schema', 'json_object', 'json_object']);
  });

  test('goes down to plain text where the server has no response_format at all', async () => {
    at.server.follow(refusing(['json_schema', 'json_object'], 'unknown field "response_format"'));
    const model = at.open();
    await model.complete(QUESTION, NEVER);
    await model.complete(QUESTION, NEVER);
    expect(formats()).toEqual(['json_schema', 'json_object', 'text', 'text']);
  });

  test('goes down for one question only where the server cannot take its schema', async () => {
    at.server.follow(({ body }, index) =>
      index === 0 && body.response_format?.type === 'json_schema'
        ? fails(400, { message: 'failed to parse grammar' })
        : says(ANSWER),
    );
    const model = at.open();
    await model.complete(QUESTION, NEVER);
    await model.complete(QUESTION, NEVER);
    expect(formats()).toEqual(['json_schema', 'json_object', 'json_schema']);
  });

  test('asks for fewer tokens where the server gives fewer, and without a system role where there is none', async () => {
    at.server.follow(({ body }) => {
      if ((body.max_tokens ?? 0) > 200)
        return fails(400, {
          message: 'max_tokens is too large: 500. This model supports at most 200 completion tokens.',
        });
      return body.messages[0]!.role === 'system' ? fails(400, { message: 'System role not supported' }) : says(ANSWER);
    });
    await at.open().complete(QUESTION, NEVER);
    const { body } = at.server.requests.at(-1)!;
    expect(body.max_tokens).toBe(200);
    expect(body.messages).toEqual([{ role: 'user', content: `Answer in JSON.\n\n| Name: ${SECRET}` }]);
  });

  test('ends where the server refuses every manner', async () => {
    at.server.follow(() => fails(400, { message: `I do not like ${SECRET}.`, code: 'no_way' }));
    const { code, message } = await failureOf(at.open().complete(QUESTION, NEVER));
    expect([code, message]).toEqual(['llm_misconfigured', expect.stringContaining('It answered 400 (no_way).')]);
  });
});
