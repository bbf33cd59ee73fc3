import { JobBody, PageBody, ResultBody } from '@docusnap/contracts';
import { closeDatabase, openDatabase } from '@docusnap/db';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import {
  failure,
  form,
  openTestGateway,
  openTestWorker,
  pageText,
  type TestGateway,
  type TestWorker,
} from '../test-gateway.ts';
import { pdf } from '../test-pictures.ts';

let gateway: TestGateway;
let worker: TestWorker;
beforeAll(async () => {
  gateway = await openTestGateway();
  worker = openTestWorker(gateway);
});
afterAll(() => gateway.close());
afterEach(async () => {
  await gateway.worker.pool.query('DELETE FROM units');
});

async function submit(files = 1): Promise<string> {
  const answer = await gateway.call('/v1/jobs', {
    method: 'POST',
    body: form(Array.from({ length: files }, () => pdf())),
  });
  return JobBody.parse(await answer.json()).id;
}

const get = (path: string, accept?: string) => gateway.call(path, accept ? { headers: { accept } } : {});

test('while the job runs there is no result', async () => {
  const id = await submit();
  const answer = await get(`/v1/jobs/${id}/result`);
  expect(answer.status).toBe(409);
  expect(await answer.json()).toMatchObject({ code: 'result_not_ready', retryable: true });
  expect(answer.headers.get('retry-after')).toBe('1');
});

test('the result as JSON holds the job and all its pages in order with their text', async () => {
  const id = await submit();
  await worker.open(3);
  for (const text of ['one', 'two\nlines', '']) await worker.read(text);
  for (const answer of [
    await get(`/v1/jobs/${id}/result`),
    await get(`/v1/jobs/${id}/result?format=json`, 'text/plain'),
  ]) {
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
    const result = ResultBody.parse(await answer.json());
    expect(result.job.status).toBe('completed');
    expect(result.pages.map(({ number }) => number)).toEqual([1, 2, 3]);
    expect(result.pages.map(({ text }) => text)).toEqual([pageText('one'), pageText('two\nlines'), pageText('')]);
    expect(result.pages[0]!.stages).toEqual({ read: 12 });
  }
});

test('the result as text has form feeds between pages, and a blank page is blank', async () => {
  const id = await submit();
  await worker.open(3);
  for (const text of ['one', '', 'three']) await worker.read(text);
  for (const answer of [
    await get(`/v1/jobs/${id}/result`, 'text/plain'),
    await get(`/v1/jobs/${id}/result?format=text`),
  ]) {
    expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(await answer.text()).toBe('one\n\f\n\fthree\n');
  }
});

test('a blank document is empty text, not an error', async () => {
  const id = await submit();
  await worker.open(1);
  await worker.read('');
  const answer = await get(`/v1/jobs/${id}/result?format=text`);
  expect(answer.status).toBe(200);
  expect(await answer.text()).toBe('\n');
});

test('in the text of a partial result failed pages and files are marked where they would stand', async () => {
  const id = await submit(3);
  await worker.failOpen(failure('file_undecodable'));
  await worker.open(2);
  await worker.failOpen(failure('file_truncated'));
  await worker.failRead(failure('page_timeout'));
  await worker.read('two');
  const answer = await get(`/v1/jobs/${id}/result?format=text`);
  expect(await answer.text()).toBe(
    '[file 1, file-0.pdf: file_undecodable]\n\f[page 1: page_timeout]\n\ftwo\n\f[file 3, file-2.pdf: file_truncated]\n',
  );
  const result = ResultBody.parse(await (await get(`/v1/jobs/${id}/result`)).json());
  expect(result.job).toMatchObject({ status: 'partial', pages_done: 1, pages_failed: 1 });
  expect(result.pages[0]).toMatchObject({ status: 'failed', text: null, error: { code: 'page_timeout' } });
});

test('a job that failed is a JSON result with its errors, and as text a problem with its own code', async () => {
  const id = await submit();
  await worker.failOpen({
    code: 'file_truncated',
    message: 'The file ends too early. Send the whole file.',
    retryable: false,
  });
  const json = await get(`/v1/jobs/${id}/result`);
  expect(json.status).toBe(200);
  expect(ResultBody.parse(await json.json())).toMatchObject({ job: { status: 'failed' }, pages: [] });
  const text = await get(`/v1/jobs/${id}/result?format=text`);
  expect(text.status).toBe(422);
  expect(await text.json()).toMatchObject({
    code: 'file_truncated',
    detail: 'The file ends too early. Send the whole file.',
  });
});

test('a job none of whose pages could be read is all_pages_failed as text', async () => {
  const id = await submit();
  await worker.open(2);
  await worker.failRead(failure('page_poisonous'));
  await worker.failRead(failure('page_timeout'));
  const text = await get(`/v1/jobs/${id}/result?format=text`);
  expect({ status: text.status, code: (await text.json()).code }).toEqual({ status: 422, code: 'all_pages_failed' });
});

test('a format that there is not is refused', async () => {
  const id = await submit();
  expect(await (await get(`/v1/jobs/${id}/result`, 'image/png')).json()).toMatchObject({
    status: 406,
    code: 'not_acceptable',
  });
  expect(await (await get(`/v1/jobs/${id}/result?format=docx`)).json()).toMatchObject({
    status: 400,
    code: 'bad_request',
  });
});

test('a page can be read while others are still being read', async () => {
  const id = await submit();
  await worker.open(2);
  await worker.read('first');
  const first = await get(`/v1/jobs/${id}/pages/1`);
  expect(PageBody.parse(await first.json())).toMatchObject({
    number: 1,
    status: 'done',
    attempts: 1,
    text: pageText('first'),
  });
  const second = await get(`/v1/jobs/${id}/pages/2`);
  expect(second.status).toBe(409);
  expect(await second.json()).toMatchObject({ code: 'page_not_ready', retryable: true });
  expect(second.headers.get('retry-after')).toBe('1');
  for (const number of ['3', '0', '-1', 'x', '1.0', '99999999999']) {
    const none = await get(`/v1/jobs/${id}/pages/${number}`);
    expect({ status: none.status, code: (await none.json()).code }).toEqual({ status: 404, code: 'page_not_found' });
  }
  await worker.failRead(failure('page_timeout'));
  const failed = await get(`/v1/jobs/${id}/pages/2`);
  expect(PageBody.parse(await failed.json())).toMatchObject({
    status: 'failed',
    text: null,
    error: { code: 'page_timeout' },
  });
});

test('before the files are opened no page is ready', async () => {
  const id = await submit(2);
  await worker.open(1);
  const answer = await get(`/v1/jobs/${id}/pages/1`);
  expect(await answer.json()).toMatchObject({ status: 409, code: 'page_not_ready' });
});

test('stored text that was altered is a problem at its beginning, and cuts the answer later on', async () => {
  const id = await submit();
  await worker.open(4);
  for (const text of ['one', 'two', 'three', 'four']) await worker.read(text);
  await alter(id, 3);
  const cut = await get(`/v1/jobs/${id}/result`);
  await expect(cut.text()).rejects.toThrow();
  await alter(id, 0);
  for (const path of ['result', 'result?format=text', 'pages/1']) {
    const answer = await get(`/v1/jobs/${id}/${path}`);
    expect({ status: answer.status, code: (await answer.json()).code }).toEqual({ status: 500, code: 'blob_damaged' });
  }
});

async function alter(jobId: string, frame: number): Promise<void> {
  const owner = openDatabase(gateway.urls.ownerUrl);
  try {
    await owner.pool.query(
      'UPDATE page_texts SET sealed = set_byte(sealed, 40, 255 - get_byte(sealed, 40)) WHERE job_id = $1 AND frame = $2',
      [jobId, frame],
    );
  } finally {
    await closeDatabase(owner);
  }
}

test('a result of hundreds of pages is streamed whole', async () => {
  const id = await submit();
  await worker.open(120);
  for (let page = 0; page < 120; page += 1) await worker.read(`page ${page}`);
  const text = await (await get(`/v1/jobs/${id}/result?format=text`)).text();
  expect(text.split('\f')).toHaveLength(120);
  const result = ResultBody.parse(await (await get(`/v1/jobs/${id}/result`)).json());
  expect(result.pages.map(({ number }) => number)).toEqual(Array.from({ length: 120 }, (_, index) => index + 1));
});
