import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { form, openTestGateway, type TestGateway } from '../test-gateway.ts';
import { png } from '../test-pictures.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await openTestGateway();
});
afterAll(() => gateway.close());

const post = (body: FormData, init: { path?: string; headers?: Record<string, string> } = {}) =>
  gateway.call(init.path ?? '/v1/jobs', { method: 'POST', body, ...(init.headers && { headers: init.headers }) });

const postJson = (body: unknown, type = 'application/json') =>
  gateway.call('/v1/jobs', {
    method: 'POST',
    headers: { 'content-type': type },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

const TOO_LARGE = png({ bytes: 300_001 });
const LARGE = png({ bytes: 250_000 });
const TEXT = Buffer.from('just text');

test.each<[string, () => Promise<Response>, number, string]>([
  ['no file', () => post(form([], { options: '{}' })), 400, 'no_files'],
  ['an empty file', () => post(form([Buffer.alloc(0)])), 422, 'file_empty'],
  ['an empty file after a good one', () => post(form([png(), Buffer.alloc(0)])), 422, 'file_empty'],
  ['a file of another kind', () => post(form([TEXT])), 422, 'file_type_unsupported'],
  ['a file of another kind after a good one', () => post(form([png(), TEXT])), 422, 'file_type_unsupported'],
  ['a file that is too large', () => post(form([TOO_LARGE])), 413, 'file_too_large'],
  ['files that are too large together', () => post(form([LARGE, LARGE, LARGE])), 413, 'job_too_large'],
  ['too many pixels', () => post(form([png({ width: 1_001, height: 1_000 })])), 422, 'too_many_pixels'],
  ['too many files', () => post(form(Array.from({ length: 51 }, () => png()))), 400, 'too_many_files'],
  ['options that are no JSON', () => post(form([png()], { options: '{' })), 400, 'malformed_json'],
  ['options that do not exist', () => post(form([png()], { options: '{"priorty": 3}' })), 400, 'invalid_options'],
  ['options twice', () => post(options(2)), 400, 'bad_request'],
  ['metadata that is no object', () => post(form([png()], { metadata: '[]' })), 400, 'bad_request'],
  ['metadata of 2,049 bytes', () => post(form([png()], { metadata: large(2_049) })), 400, 'metadata_too_large'],
  ['metadata of 100 KB', () => post(form([png()], { metadata: large(100_000) })), 400, 'metadata_too_large'],
  ['a part of another name', () => post(form([png()], { color: 'true' })), 400, 'bad_request'],
  ['a file part of another name', () => post(named('image')), 400, 'bad_request'],
  ['a file that is a field', () => post(form([], { file: 'abc' })), 400, 'bad_request'],
  ['a wait that is too long', () => post(form([png()]), { path: '/v1/jobs?wait=61' }), 400, 'bad_request'],
  ['a parameter that does not exist', () => post(form([png()]), { path: '/v1/jobs?wiat=6' }), 400, 'bad_request'],
  [
    'a form without its end',
    () => raw('--x\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\nabc'),
    400,
    'malformed_multipart',
  ],
  ['a form without a boundary', () => raw('abc', 'multipart/form-data'), 400, 'malformed_multipart'],
  ['a body of another type', () => raw('abc', 'text/plain'), 415, 'unsupported_media_type'],
  ['a body that is no JSON', () => postJson('{"files": ['), 400, 'malformed_json'],
  ['JSON that is not a submit', () => postJson({ file: 'x' }), 400, 'bad_request'],
  ['JSON null', () => postJson('null'), 400, 'bad_request'],
  ['JSON without files', () => postJson({ files: [] }), 400, 'no_files'],
  [
    'JSON with too many files',
    () => postJson({ files: Array.from({ length: 51 }, () => ({ content: '' })) }),
    400,
    'too_many_files',
  ],
  [
    'base64 that is none',
    () => postJson({ files: [{ content: png().toString('base64') }, { content: 'a-b_' }] }),
    400,
    'bad_request',
  ],
  ['base64 of nothing', () => postJson({ files: [{ content: '' }] }), 422, 'file_empty'],
  ['base64 of text', () => postJson({ files: [{ content: TEXT.toString('base64') }] }), 422, 'file_type_unsupported'],
  [
    'base64 of too large a file',
    () => postJson({ files: [{ content: TOO_LARGE.toString('base64') }] }),
    413,
    'file_too_large',
  ],
  [
    'a JSON body that is too large',
    () => postJson({ files: [{ content: 'A'.repeat(600_000) }] }),
    413,
    'body_too_large',
  ],
  [
    'JSON options that do not exist',
    () => postJson({ files: [{ content: png().toString('base64') }], options: 3 }),
    400,
    'invalid_options',
  ],
])('%s is refused with a code, leaving nothing behind', async (_what, send, status, code) => {
  const before = await gateway.leftovers();
  const rung = gateway.rung.length;
  const answer = await send();
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  const problem = await answer.json();
  expect({ status: answer.status, code: problem.code }).toEqual({ status, code });
  expect(problem).toMatchObject({ status, retryable: false, request_id: answer.headers.get('x-request-id') });
  expect(await gateway.leftovers()).toEqual(before);
  expect(gateway.rung.length).toBe(rung);
});

function options(times: number): FormData {
  const data = form([png()]);
  for (let time = 0; time < times; time += 1) data.append('options', '{}');
  return data;
}

function named(name: string): FormData {
  const data = new FormData();
  data.append(name, new Blob([new Uint8Array(png())]), 'a.png');
  return data;
}

function large(bytes: number): string {
  return JSON.stringify({ a: 'x'.repeat(bytes - 8) });
}

function raw(body: string, type = 'multipart/form-data; boundary=x'): Promise<Response> {
  return gateway.call('/v1/jobs', { method: 'POST', headers: { 'content-type': type }, body });
}
