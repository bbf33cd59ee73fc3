import { JobBody, type Table } from '@docusnap/contracts';
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

const QUAD: Table['quad'] = [
  [0, 0],
  [9, 0],
  [9, 9],
  [0, 9],
];

function tableOf(texts: readonly string[]): Table {
  const cells = texts.map((text, column) => ({ row: 0, column, row_span: 1, column_span: 1, quad: QUAD, text }));
  return { quad: QUAD, ruled: true, rows: 1, columns: texts.length, cells };
}

async function submit(frames: number): Promise<string> {
  const answer = await gateway.call('/v1/jobs', { method: 'POST', body: form([pdf()]) });
  const { id } = JobBody.parse(await answer.json());
  await worker.open(frames);
  return id;
}

const get = (id: string, page: number | string, table: number | string, init: { key?: string } = {}) =>
  gateway.call(`/v1/jobs/${id}/pages/${page}/tables/${table}.csv`, init);
const codeOf = async (answer: Response) => [answer.status, (await answer.json()).code];

test('the tables of a page are numbered from 1, and come as CSV', async () => {
  const id = await submit(1);
  await worker.read('word', { tables: [tableOf(['a', 'b,c']), tableOf(['=1+1'])] });
  const [first, second] = [await get(id, 1, 1), await get(id, 1, 2)];
  expect([first.status, await first.text()]).toEqual([200, 'a,"b,c"\r\n']);
  expect(first.headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present');
  expect(first.headers.get('content-disposition')).toBe('attachment; filename="page-1-table-1.csv"');
  expect(await second.text()).toBe('=1+1\r\n');
  for (const number of [0, 3, '01', 'x', -1]) {
    expect(await codeOf(await get(id, 1, number))).toEqual([404, 'table_not_found']);
  }
});

test('a page that was read before tables were looked for has none', async () => {
  const id = await submit(1);
  await worker.read('word');
  expect(await codeOf(await get(id, 1, 1))).toEqual([404, 'table_not_found']);
});

test('a page that is not read, failed or is not there says so', async () => {
  const id = await submit(2);
  await worker.failRead(failure('page_timeout'));
  expect(await codeOf(await get(id, 1, 1))).toEqual([expect.any(Number), 'page_timeout']);
  expect(await codeOf(await get(id, 2, 1))).toEqual([409, 'page_not_ready']);
  expect(await codeOf(await get(id, 3, 1))).toEqual([404, 'page_not_found']);
  expect(await codeOf(await get(id, 'x', 1))).toEqual([404, 'page_not_found']);
  expect(await codeOf(await get('00000000-0000-4000-8000-000000000000', 1, 1))).toEqual([404, 'job_not_found']);
});
