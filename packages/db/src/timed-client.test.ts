import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { startPostgres } from '@docusnap/testing';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import pg from 'pg';
import { closeDatabase, openDatabase, query, transaction } from './connection.ts';
import { toDatabaseError } from './errors.ts';
import { record } from './replay/record.ts';
import { clientsThatWait } from './timed-client.ts';

const AMPLE_MS = 10_000;
const BRIEF_MS = 100;
const MIB = 1024 * 1024;

let server: Awaited<ReturnType<typeof startPostgres>>;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());

async function withClient<Result>(ms: number, work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new (clientsThatWait(ms))({ connectionString: server.superuserUrl });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

test('a statement without an answer fails after its time, and its answer reaches nobody', () =>
  withClient(BRIEF_MS, async (client) => {
    const told: unknown[] = [];
    const { promise: answered, resolve } = Promise.withResolvers<void>();
    void client.query('SELECT pg_sleep(0.5)', ({ message }: Error) => told.push(message));
    // Sent once that one has been answered, which is after it was given up.
    client.query(new pg.Query('SELECT 1', () => resolve()));
    await answered;
    expect(told).toEqual(['Query read timeout']);
    await expect(client.query('SELECT pg_sleep(0.5)')).rejects.toThrow('Query read timeout');
    expect(toDatabaseError(new Error(String(told[0])))).toMatchObject({ code: 'database_unavailable' });
  }));

test('it is asked in all the ways that a client of pg is', () =>
  withClient(AMPLE_MS, async (client) => {
    const called = (ask: (callback: (error: Error, result: pg.QueryResult) => void) => void) =>
      new Promise((resolve) => ask((_error, { rows }) => resolve(rows)));
    const config = { text: 'SELECT $1::int AS a', values: [4] };
    expect((await client.query('SELECT 1 AS a')).rows).toEqual([{ a: 1 }]);
    expect((await client.query('SELECT $1::int AS a', [2])).rows).toEqual([{ a: 2 }]);
    expect((await client.query({ text: 'SELECT $1::int AS a', rowMode: 'array' }, [3])).rows).toEqual([[3]]);
    expect((await client.query(config)).rows).toEqual([{ a: 4 }]);
    expect(await called((callback) => client.query('SELECT 5 AS a', callback))).toEqual([{ a: 5 }]);
    expect(await called((callback) => client.query('SELECT $1::int AS a', [6], callback))).toEqual([{ a: 6 }]);
    expect(config).toEqual({ text: 'SELECT $1::int AS a', values: [4] });
  }));

test('an error says where it was asked', () =>
  withClient(AMPLE_MS, async (client) => {
    const asked = async () => {
      await client.query('SELECT 1 / 0');
    };
    await expect(asked()).rejects.toMatchObject({ code: '22012', stack: expect.stringContaining('at asked') });
  }));

test('what is recorded of connections is recorded of these', async () => {
  const db = openDatabase(server.superuserUrl);
  const act = async () => {
    await query(db, 'SELECT 1 AS a', []);
    await transaction(db, (client) => client.query('SELECT $1::int AS b', [2]));
  };
  const steps = await record(act, { tenantId: '00000000-0000-4000-8000-000000000000', constants: [] });
  await closeDatabase(db);
  expect(steps.map(({ sql }) => sql)).toEqual(expect.arrayContaining(['SELECT 1 AS a', 'SELECT $1::int AS b']));
});

test('what statements brought is gone with the young generation', () =>
  withClient(AMPLE_MS, async (client) => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as (options: { type: 'minor' }) => void;
    setFlagsFromString('--no-expose-gc');
    const old = () => getHeapSpaceStatistics().find(({ space_name }) => space_name === 'old_space')!.space_used_size;
    const ask = async (rounds: number): Promise<void> => {
      for (let round = 0; round < rounds; round += 1) {
        for (let one = 0; one < 20; one += 1) await client.query("SELECT repeat('x', 10000) WHERE $1 = 1", [1]);
        collect({ type: 'minor' });
      }
    };
    await ask(5);
    const before = old();
    await ask(20);
    // 4 MB of rows; with pg's own `query_timeout`, or its promises, 4.7 MB are old then.
    expect(old() - before).toBeLessThan(0.5 * MIB);
  }));
