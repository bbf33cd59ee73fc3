import type { Line, PageText, Quad, UnderstandingRequest } from '@docusnap/contracts';
import { understand } from '@docusnap/extraction';
import {
  type LanguageModelServer,
  likeClaude,
  likeLlamaCpp,
  likeLmStudio,
  likeOllama,
  likeOpenAi,
  likeVllm,
  likeZhipu,
  type Mind,
  responds,
  type Script,
  says,
  startLanguageModelServer,
  textOfChat,
} from '@docusnap/testing';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { type OpenLanguageModel, openLanguageModel } from './open-language-model.ts';

let server: LanguageModelServer;
const opened: OpenLanguageModel[] = [];

beforeAll(async () => {
  server = await startLanguageModelServer(() => says({}));
});
afterAll(() => server.close());
afterEach(async () => {
  await Promise.all(opened.splice(0).map((model) => model.close()));
});

function open(contextTokens = 8192): OpenLanguageModel {
  const config = { baseUrl: server.baseUrl, model: 'm', apiKey: 'k', contextTokens, timeoutSeconds: 20, vision: false };
  const model = openLanguageModel(config)!;
  opened.push(model);
  return model;
}

function box(left: number, top: number, right: number, bottom: number): Quad {
  return [
    [left, top],
    [right, top],
    [right, bottom],
    [left, bottom],
  ];
}

function pageOf(...rows: readonly string[]): PageText {
  const lines = rows.map((text, at): Line => {
    const words = [...text.matchAll(/\S+/g)].map(({ 0: word, index }) => ({
      text: word,
      quad: box(20 + index * 10, 40 + at * 30, 20 + (index + word.length) * 10, 60 + at * 30),
      confidence: 0.9,
    }));
    return { text, quad: box(20, 40 + at * 30, 20 + text.length * 10, 60 + at * 30), confidence: 0.9, words };
  });
  return {
    width: 1000,
    height: 5000,
    source: 'ocr',
    angle: 0,
    blocks: [{ quad: box(0, 0, 1000, 5000), lines }],
    models: null,
  };
}

const EXTRACT: UnderstandingRequest = {
  task: 'extract',
  schema: {
    type: 'object',
    properties: {
      company: { type: 'string' },
      date: { type: 'string', format: 'date' },
      total: { type: 'number' },
      items: { type: 'array', items: { type: 'object', properties: { name: {}, price: { type: 'number' } } } },
    },
  },
  library: [],
  requireGrounding: false,
};
const RECEIPT = pageOf('ACME TRADING LTD', 'Date 29/12/2017', 'Green Tea 3.00', 'Total RM 7.50', '请保留收据');
/** A model that reads well what it is shown. */
const reader: Mind = ({ body }) => {
  const text = textOfChat(body);
  const found = (value: unknown, print: string) => (text.includes(print) ? value : null);
  return {
    company: found('ACME TRADING LTD', 'ACME'),
    date: found('29/12/2017', '29/12'),
    total: found('RM 7.50', 'RM 7.50'),
    items: text.includes('Green Tea') ? [{ name: 'Green Tea', price: 3 }] : [],
  };
};
const EXPECTED = {
  company: { value: 'ACME TRADING LTD', grounded: true, evidence: [{ match: 'exact' }] },
  date: { value: '2017-12-29', grounded: true, evidence: [{ quote: '29/12/2017' }] },
  total: { value: 7.5, grounded: true, evidence: [{ quote: 'RM 7.50' }] },
  'items.0.name': { value: 'Green Tea', grounded: true },
  'items.0.price': { value: 3, grounded: true },
};

test.each<[string, Script]>([
  ['OpenAI', likeOpenAi(reader, { contextTokens: 8192 })],
  ['Claude', likeClaude(reader, { contextTokens: 8192 })],
  ['Zhipu', likeZhipu(reader, { contextTokens: 8192 })],
  ['vLLM', likeVllm(reader, { contextTokens: 8192 })],
  ['llama.cpp', likeLlamaCpp(reader, { contextTokens: 8192 })],
  ['Ollama', likeOllama(reader, { contextTokens: 8192 })],
  ['LM Studio', likeLmStudio(reader)],
  [
    'a server without any response_format',
    (request, index) =>
      request.body.response_format
        ? responds(422, { detail: 'extra fields not permitted: response_format' })
        : says(reader(request, index)),
  ],
])('a document is understood by a server like %s', async (_, script) => {
  server.follow(script);
  const understood = await understand([{ number: 1, text: RECEIPT }], EXTRACT, { model: open() });
  expect(understood).toMatchObject({ engine: 'model', model: 'm', problems: {}, fields: EXPECTED });
  expect(understood.usage.prompt_tokens).toBeGreaterThan(100);
});

test.each<[string, (mind: Mind, options: { contextTokens: number }) => Script]>([
  ['OpenAI', likeOpenAi],
  ['Claude', likeClaude],
  ['Zhipu', likeZhipu],
  ['vLLM', likeVllm],
  ['llama.cpp', likeLlamaCpp],
  ['Ollama, which says nothing of it', likeOllama],
])(
  'where the context of %s is smaller than configured, the document is read in smaller parts and wholly',
  async (_, like) => {
    server.follow(like(reader, { contextTokens: 3072 }));
    const terms = (from: number) =>
      Array.from({ length: 100 }, (__, at) => `Clause ${from + at} of the general terms and conditions of sale`);
    const pages = [
      pageOf('ACME TRADING LTD', ...terms(100)),
      pageOf(...terms(200)),
      pageOf(...terms(300), 'Green Tea 3.00', 'Total RM 7.50', 'Date 29/12/2017'),
    ];
    const understood = await understand(
      pages.map((text, at) => ({ number: at + 1, text })),
      EXTRACT,
      { model: open() },
    );
    expect(understood.fields).toMatchObject({ ...EXPECTED, company: { value: 'ACME TRADING LTD' } });
    expect(server.requests.length).toBeGreaterThan(1);
  },
);
