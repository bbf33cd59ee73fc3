import { Problem } from '@docusnap/contracts';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openTestGateway, type TestGateway } from './test-gateway.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await openTestGateway();
});
afterAll(() => gateway.close());

async function answerTo(body: BodyInit, type = 'application/json'): Promise<Problem> {
  const headers = { 'content-type': type };
  const answer = await gateway.call('/v1/jobs', { method: 'POST', headers, body });
  return Problem.parse(await answer.json());
}

test.each([
  ['levels', '['.repeat(150_000) + ']'.repeat(150_000)],
  ['empty objects', `[${'{},'.repeat(100_001)}{}]`],
  ['numbers', `{"files":[${'0,'.repeat(150_000)}0]}`],
])('a body of too many %s is refused before it is parsed', async (_what, body) => {
  const problem = await answerTo(body);
  expect(problem).toMatchObject({ code: 'malformed_json', status: 400 });
  expect(problem.detail).toContain('more than 100000 values');
});

test('commas and brackets within texts are no values, whatever is escaped before them', async () => {
  const text = JSON.stringify({ files: [{ name: `${',[{"\\'.repeat(30_000)}"`, content: 'x' }] });
  expect((await answerTo(text)).detail).not.toContain('values');
});

test('a text that never ends is malformed', async () => {
  for (const body of [`{"a":"${'x'.repeat(1_000)}`, '"\\', '"\\"']) {
    expect((await answerTo(body)).code).toBe('malformed_json');
  }
});

test.each(['utf-16le', 'UTF-16', 'utf-7', 'latin1'])('a body in %s is refused', async (charset) => {
  const body = new Uint8Array(Buffer.from('{"files":[]}', 'utf16le'));
  const problem = await answerTo(body, `application/json; charset=${charset}`);
  expect(problem).toMatchObject({ code: 'unsupported_media_type', status: 415 });
});

test('a body that says it is in UTF-8 is read, and one that is not is malformed', async () => {
  for (const type of ['application/json; charset=UTF-8', 'application/json;charset="utf-8"']) {
    expect((await answerTo('{"files":[]}', type)).code).toBe('no_files');
  }
  const latin1 = new Uint8Array(Buffer.from('{"files":[{"name":"Müller"}]}', 'latin1'));
  expect(await answerTo(latin1)).toMatchObject({ code: 'malformed_json', status: 400 });
});
