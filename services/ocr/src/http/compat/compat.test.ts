import { createServer } from 'node:http';
import { linesOf, type PageText } from '@docusnap/contracts';
import { listen, openLog, openMetrics, UNTOLD } from '@docusnap/runtime';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openOcrMetrics } from '../../metrics.ts';
import { openReaders, type Readers } from '../../readers/pool.ts';
import type { ReaderScript } from '../../rehearsal/reader-script.ts';
import { createApps } from '../app.ts';
import { anyone } from '../proof.ts';
import { compatAnswer } from './answers.ts';

/** Requests and answers as each project documents them; what is read is scripted, and answers are looked at with lines of our own. */
const MAX_BYTES = 100_000;
let readers: Readers;
let url: string;
const server = { close: async (): Promise<void> => undefined };

beforeAll(async () => {
  readers = await openReaders({
    count: 1,
    pageThreads: 1,
    maxPages: 100,
    maxRssBytes: 4 * 1024 ** 3,
    pageTimeoutMs: 120_000,
    startTimeoutMs: 120_000,
    onRecycle: () => undefined,
    onStartFailed: () => undefined,
    script: new URL('../../rehearsal/reader/main.ts', import.meta.url),
    environment: {},
  });
  const { internal } = createApps(readers, {
    checks: {},
    queueKind: 'postgres',
    metrics: openOcrMetrics(openMetrics()),
    traces: UNTOLD,
    log: openLog({ service: 'test', level: 'silent' }),
    maxBytes: MAX_BYTES,
    maxPixels: 4_000_000,
    proof: anyone,
    compatProof: anyone,
    compatApart: false,
  });
  const http = createServer(internal);
  url = `http://127.0.0.1:${await listen(http, { host: '127.0.0.1', port: 0, variable: 'PORT' })}`;
  server.close = async () => {
    http.closeAllConnections();
    await http[Symbol.asyncDispose]();
  };
});
afterAll(async () => {
  await server.close();
  await readers.close();
});

const image = (script: ReaderScript = {}): string => JSON.stringify(script);
const post = (body: BodyInit, type?: string): Promise<Response> =>
  fetch(`${url}/ocr`, { method: 'POST', body, ...(type && { headers: { 'content-type': type } }) });

function form(parts: Record<string, Blob | string>): FormData {
  const data = new FormData();
  for (const [name, part] of Object.entries(parts)) data.append(name, part);
  return data;
}
const blob = (text = image()): Blob => new Blob([text]);
const base64 = (text = image()): string => Buffer.from(text).toString('base64');

const quad: PageText['blocks'][number]['quad'] = [
  [10.4, 20.6],
  [60, 19],
  [61, 40],
  [11, 41.5],
];
const line = (text: string, confidence: number) => ({ text, quad, confidence, words: [{ text, quad, confidence }] });
const PAGE: PageText = {
  width: 200,
  height: 100,
  source: 'ocr',
  blocks: [{ quad, lines: [line('Hello', 0.98765), line('Wor1d', 0.4)] }],
  models: null,
};
const EMPTY: PageText = { ...PAGE, blocks: [] };

test('LiteParse: file and language in; results with text, bbox, confidence and polygon out', async () => {
  const answer = await post(form({ file: blob(), language: 'en' }));
  expect([answer.status, await answer.json()]).toEqual([200, { results: [] }]);
  expect(compatAnswer(PAGE, { shape: 'liteparse', leastScore: 0 })).toEqual({
    results: [
      { text: 'Hello', bbox: [10.4, 19, 61, 41.5], confidence: 0.98765, polygon: quad },
      { text: 'Wor1d', bbox: [10.4, 19, 61, 41.5], confidence: 0.4, polygon: quad },
    ],
  });
  expect(compatAnswer(EMPTY, { shape: 'liteparse', leastScore: 0 })).toEqual({ results: [] });
});

test('LiteParse: errors are {"error"} with status 400', async () => {
  const large = await post(form({ file: blob('x'.repeat(MAX_BYTES + 1)) }));
  expect([large.status, await large.json()]).toEqual([
    400,
    { error: expect.stringContaining('The limit is 100000 bytes.') },
  ]);
  const empty = await post(form({ file: blob(''), language: 'en' }));
  expect([empty.status, await empty.json()]).toEqual([400, { error: 'The file is empty.' }]);
});

test('RapidOCR API: image_file, or image_data in base64, in; lines by number, with their score as text, out', async () => {
  const bodies = [
    form({ image_file: blob() }),
    form({ image_data: base64(), use_det: 'true' }),
    new URLSearchParams({ image_data: base64() }),
  ];
  for (const body of bodies) {
    const answer = await post(body);
    expect([answer.status, await answer.json()]).toEqual([200, {}]);
  }
  expect(compatAnswer(PAGE, { shape: 'rapidocr', leastScore: 0 })).toEqual({
    0: { rec_txt: 'Hello', dt_boxes: quad, score: '0.9877' },
    1: { rec_txt: 'Wor1d', dt_boxes: quad, score: '0.4000' },
  });
  expect(compatAnswer(EMPTY, { shape: 'rapidocr', leastScore: 0 })).toEqual({});
});

test('PaddleX: JSON with the file in base64 in; logId, errorCode, and ocrResults with a prunedResult out', async () => {
  const answer = await post(JSON.stringify({ file: base64(), fileType: 1, visualize: false }), 'application/json');
  expect(answer.status).toBe(200);
  expect(await answer.json()).toMatchObject({
    logId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    errorCode: 0,
    errorMsg: 'Success',
    result: {
      ocrResults: [{ prunedResult: { rec_texts: expect.any(Array) }, ocrImage: null }],
      dataInfo: { type: 'image' },
    },
  });
  expect(compatAnswer(PAGE, { shape: 'paddlex', leastScore: 0.5 })).toMatchObject({
    result: {
      ocrResults: [
        {
          prunedResult: {
            model_settings: { use_doc_preprocessor: false, use_textline_orientation: true },
            dt_polys: [expect.any(Array), expect.any(Array)],
            text_type: 'general',
            textline_orientation_angles: [0, 0],
            text_rec_score_thresh: 0.5,
            rec_texts: ['Hello'],
            rec_scores: [0.98765],
            rec_polys: [
              [
                [10, 21],
                [60, 19],
                [61, 40],
                [11, 42],
              ],
            ],
            rec_boxes: [[10, 19, 61, 42]],
          },
          ocrImage: null,
          docPreprocessingImage: null,
          inputImage: null,
        },
      ],
      dataInfo: { width: 200, height: 100, type: 'image' },
    },
  });
});

test.each([
  ['what is no JSON', '{', 400, /JSON is not valid/],
  ['no file', '{"fileType":1}', 400, /Send the image in base64/],
  ['a PDF', JSON.stringify({ file: base64(), fileType: 0 }), 422, /Send PDFs to the gateway/],
  ['an address', '{"file":"https://example.org/a.png"}', 422, /not fetched by address/],
  ['what is no base64', '{"file":"Zm9v!!"}', 422, /It is not base64/],
  ['a file that is too large', JSON.stringify({ file: base64('x'.repeat(MAX_BYTES + 1)) }), 413, /The limit is/],
  ['too much beside the file', JSON.stringify({ a: 'x'.repeat(65_536), file: base64() }), 413, /limit is 65536 bytes/],
  ['too many values and no file', `[${'[],'.repeat(30_000)}[]]`, 413, /limit is 65536 bytes/],
  ['a threshold that is no number', JSON.stringify({ file: base64(), textRecScoreThresh: 'a' }), 400, /no number/],
])('PaddleX: %s is an errorCode with its errorMsg', async (_what, body, status, says) => {
  const answer = await post(body, 'application/json; charset=utf-8');
  expect([answer.status, await answer.json()]).toEqual([
    status,
    { logId: expect.any(String), errorCode: status, errorMsg: expect.stringMatching(says) },
  ]);
});

test('base64 is taken as other languages write it: slashes escaped, lines broken, behind a data: prefix', async () => {
  const lines = base64(image({ marker: 'ÿÿÿ?>'.repeat(40) }))
    .replace(/.{76}/g, '$&\\r\\n')
    .replaceAll('/', '\\/');
  expect(lines).toContain('\\/');
  const answer = await post(`{ "fileType": 1, "file" : "data:image/png;base64,${lines}" }`, 'application/json');
  expect(answer.status).toBe(200);
});

test('what none of them would send is refused with a code', async () => {
  for (const [body, type, code] of [
    [form({ other: blob() }), undefined, 'no_files'],
    [form({ constructor: blob() }), undefined, 'no_files'],
    ['x', 'text/plain', 'unsupported_media_type'],
    ['broken', 'multipart/form-data; boundary=x', 'malformed_multipart'],
  ] as const) {
    const answer = await post(body, type);
    expect(((await answer.json()) as { code: string }).code).toBe(code);
  }
  const two = form({ image: blob() });
  two.append('file', blob());
  expect((await post(two)).status).toBe(400);
  expect(linesOf(PAGE)).toHaveLength(2);
});

test.each(['other', 'image'])(
  'a form that breaks off in its part %s is refused, and the next is read',
  async (name) => {
    const part = `--x\r\ncontent-disposition: form-data; name="${name}"; filename="a.png"\r\n\r\n${image()}`;
    const answer = await post(part, 'multipart/form-data; boundary=x');
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([400, 'malformed_multipart']);
    expect((await post(form({ image: blob() }))).status).toBe(200);
  },
);
