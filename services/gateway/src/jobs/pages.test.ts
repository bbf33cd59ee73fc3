import { JobBody, PageBody, PageListBody } from '@docusnap/contracts';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { failure, form, openTestGateway, openTestWorker, type TestGateway, type TestWorker } from '../test-gateway.ts';
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
  const body = form(Array.from({ length: files }, () => pdf()));
  return JobBody.parse(await (await gateway.call('/v1/jobs', { method: 'POST', body })).json()).id;
}

const get = (path: string) => gateway.call(path);

test('the list of pages finds the failed ones, with their reasons and without texts', async () => {
  const id = await submit();
  await worker.open(3);
  await worker.read('one');
  await worker.failRead(failure('page_poisonous'));
  await worker.read('three');
  const answer = await get(`/v1/jobs/${id}/pages?status=failed`);
  expect(answer.status).toBe(200);
  const list = PageListBody.parse(await answer.json());
  expect(list).toMatchObject({
    status: 'partial',
    pages_total: 3,
    pages_done: 2,
    pages_failed: 1,
    pages: [{ number: 2, status: 'failed', attempts: 1, error: { code: 'page_poisonous' } }],
    next_cursor: null,
  });
  expect(list.pages[0]).not.toHaveProperty('text');
});

test('the list of pages comes in parts, in order', async () => {
  const id = await submit(2);
  await worker.open(3);
  await worker.open(2);
  const numbers: (number | null)[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const query: string = cursor === '' ? '' : `&cursor=${cursor}`;
    const part = PageListBody.parse(await (await get(`/v1/jobs/${id}/pages?limit=2${query}`)).json());
    numbers.push(...part.pages.map(({ number }) => number));
    cursor = part.next_cursor;
  }
  expect(numbers).toEqual([1, 2, 3, 4, 5]);
});

test.each(['status=lost', 'limit=0', 'limit=1001', 'cursor=abc', 'cursor=WzEsLTFd', 'page=2'])(
  'a list of pages with %s is refused',
  async (query) => {
    const answer = await get(`/v1/jobs/${await submit()}/pages?${query}`);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ code: 'bad_request' });
  },
);

test('pages of the first files can be read while those behind wait to be opened', async () => {
  const id = await submit(3);
  await worker.open(2);
  await worker.claim();
  await gateway.worker.pool.query("UPDATE units SET leased_until = NULL WHERE kind = 'read'");
  const third = await worker.open(1);
  expect(third.fileIndex).toBe(2);
  await worker.read('one');
  const read = PageBody.parse(await (await get(`/v1/jobs/${id}/pages/1`)).json());
  expect(read).toMatchObject({ number: 1, file_index: 0, status: 'done' });
  const list = PageListBody.parse(await (await get(`/v1/jobs/${id}/pages`)).json());
  expect(list).toMatchObject({ status: 'opening', pages_total: null, pages_done: 1 });
  expect(list.pages.map(({ number, file_index, file_frame }) => [number, file_index, file_frame])).toEqual([
    [1, 0, 0],
    [2, 0, 1],
    [null, 2, 0],
  ]);
  expect(await (await get(`/v1/jobs/${id}/pages/3`)).json()).toMatchObject({ code: 'page_not_ready' });
});
