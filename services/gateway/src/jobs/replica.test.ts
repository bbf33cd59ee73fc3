import { JobBody, JobListBody, ResultBody } from '@docusnap/contracts';
import { closeDatabase, type Database, openDatabase, type Replica } from '@docusnap/db';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { form, openTestGateway, openTestWorker, pageText, type TestGateway } from '../test-gateway.ts';
import { pdf } from '../test-pictures.ts';

/** How a replica behaves is tested in packages/db with a real one; here, what is read where. */
let gateway: TestGateway;
let there: Database;
let distrusted: number;
let usable: Database | null;

beforeEach(async () => {
  gateway = await openTestGateway();
  there = openDatabase(gateway.urls.apiUrl, { poolSize: 2 });
  usable = there;
  distrusted = 0;
  const replica: Replica = {
    usable: () => usable,
    lagSeconds: () => 0,
    distrust: () => {
      distrusted += 1;
      usable = null;
    },
    close: async () => undefined,
  };
  Object.assign(gateway.ports, { replica });
});
afterEach(async () => {
  await closeDatabase(there);
  await gateway.close();
});

async function finishedJob(): Promise<string> {
  const answer = await gateway.call('/v1/jobs', { method: 'POST', body: form([pdf()]) });
  const worker = openTestWorker(gateway);
  await worker.open(2);
  for (const text of ['one', 'two']) await worker.read(text);
  return JobBody.parse(await answer.json()).id;
}

const listed = async (): Promise<string[]> =>
  JobListBody.parse(await (await gateway.call('/v1/jobs')).json()).jobs.map(({ id }) => id);
const texts = async (id: string): Promise<unknown[]> =>
  ResultBody.parse(await (await gateway.call(`/v1/jobs/${id}/result`)).json()).pages.map(({ text }) => text);

test('lists and the pages of ended jobs are read from the replica, polls and submits are not', async () => {
  const id = await finishedJob();
  expect((await gateway.call(`/v1/jobs/${id}`)).status).toBe(200);
  expect(there.pool.totalCount).toBe(0);
  expect(await listed()).toEqual([id]);
  expect(there.pool.totalCount).toBe(1);
  expect(await texts(id)).toEqual([pageText('one'), pageText('two')]);
  // An erased job is gone at once, whatever the replica still has.
  expect((await gateway.call(`/v1/jobs/${id}`, { method: 'DELETE' })).status).toBe(204);
  expect((await gateway.call(`/v1/jobs/${id}/result`)).status).toBe(404);
  expect(distrusted).toBe(0);
});

test('a job that the replica still has but that is erased is in no list', async () => {
  const [erased, left] = [await finishedJob(), await finishedJob()];
  const connect = there.pool.connect.bind(there.pool);
  const connectThere = async () => {
    const client = await connect();
    const query = client.query.bind(client) as (text: string, values?: unknown[]) => Promise<unknown>;
    const eraseAfter = async (text: string, values?: unknown[]) => {
      const answer = await query(text, values);
      if (text === 'COMMIT') await gateway.call(`/v1/jobs/${erased}`, { method: 'DELETE' });
      return answer;
    };
    return Object.assign(client, { query: eraseAfter });
  };
  Object.assign(there.pool, { connect: connectThere });
  expect(await listed()).toEqual([left]);
  expect([there.pool.totalCount, distrusted]).toEqual([1, 0]);
});

test('what the replica cannot give comes from the primary: when it is away, and when it has another version of the job', async () => {
  const id = await finishedJob();
  usable = openDatabase('postgres://docusnap_api:api@127.0.0.1:1/none', { forCallers: true });
  const away = usable;
  expect(await listed()).toEqual([id]);
  expect(distrusted).toBe(1);
  usable = away;
  expect(await texts(id)).toEqual([pageText('one'), pageText('two')]);
  expect(distrusted).toBe(2);
  await closeDatabase(away);
  // One that has not heard of the job: another database altogether.
  const other = await openTestGateway();
  usable = openDatabase(other.urls.apiUrl);
  expect(await texts(id)).toEqual([pageText('one'), pageText('two')]);
  expect(distrusted).toBe(2);
  await closeDatabase(usable);
  await other.close();
});
