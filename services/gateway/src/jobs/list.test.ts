import { JobBody, JobListBody } from '@docusnap/contracts';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { failure, openTestGateway, openTestWorker, type TestGateway } from '../test-gateway.ts';
import { png } from '../test-pictures.ts';

let gateway: TestGateway;
const ids: string[] = [];
beforeAll(async () => {
  gateway = await openTestGateway();
  for (const name of ['alpha.png', 'Beta.png', 'gamma.png', 'beta 2.png', 'delta.png']) {
    const data = new FormData();
    data.append('file', new Blob([new Uint8Array(png())]), name);
    data.append('metadata', JSON.stringify({ name }));
    const answer = await gateway.call('/v1/jobs', { method: 'POST', body: data });
    ids.unshift(JobBody.parse(await answer.json()).id);
  }
  await openTestWorker(gateway).failOpen(failure('file_truncated'));
});
afterAll(() => gateway.close());

async function list(query = '', key?: string) {
  const answer = await gateway.call(`/v1/jobs${query}`, key ? { key } : {});
  expect(answer.status).toBe(200);
  return JobListBody.parse(await answer.json());
}

test('jobs are listed the newest first, with their metadata', async () => {
  const { jobs, next_cursor } = await list();
  expect(jobs.map(({ id }) => id)).toEqual(ids);
  expect(jobs[0]!.metadata).toEqual({ name: 'delta.png' });
  expect(next_cursor).toBeNull();
});

test('cursors lead through the whole list, each job once', async () => {
  const seen: string[] = [];
  let query = '?limit=2';
  for (;;) {
    const { jobs, next_cursor } = await list(query);
    seen.push(...jobs.map(({ id }) => id));
    if (next_cursor === null) break;
    query = `?limit=2&cursor=${next_cursor}`;
  }
  expect(seen).toEqual(ids);
});

test('filters by name, status and time', async () => {
  expect((await list('?name=BETA')).jobs.map(({ name }) => name)).toEqual(['beta 2.png', 'Beta.png']);
  expect((await list('?name=%25')).jobs).toEqual([]);
  expect((await list('?status=failed')).jobs.map(({ name }) => name)).toEqual(['alpha.png']);
  expect((await list('?created_after=0001-01-01T00:00:00Z&created_before=9999-12-31T23:59:59Z')).jobs).toHaveLength(5);
  expect((await list('?status=completed')).jobs).toEqual([]);
  const middle = (await list()).jobs[2]!.created_at;
  expect((await list(`?created_before=${middle}`)).jobs.map(({ id }) => id)).toEqual(
    expect.arrayContaining(ids.slice(3)),
  );
  expect((await list(`?created_after=${middle}`)).jobs.map(({ id }) => id)).toEqual(
    expect.arrayContaining(ids.slice(0, 3)),
  );
});

test("another tenant's list is its own", async () => {
  const stranger = await gateway.addKey({ scopes: ['read'], tenantId: await gateway.addTenant() });
  expect((await list('', stranger)).jobs).toEqual([]);
});

test.each([
  'cursor=abc',
  `cursor=${Buffer.from('["2026-01-01","x"]').toString('base64url')}`,
  'limit=0',
  'limit=101',
  'limit=two',
  'status=running',
  'created_after=yesterday',
  'colour=red',
  'name=%00',
  'name=a%00b',
])('%s is refused', async (query) => {
  const answer = await gateway.call(`/v1/jobs?${query}`);
  expect({ status: answer.status, code: (await answer.json()).code }).toEqual({ status: 400, code: 'bad_request' });
});
