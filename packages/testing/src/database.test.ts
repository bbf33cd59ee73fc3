import { expect, test } from '@jest/globals';
import pg from 'pg';
import { testDatabase } from './database.ts';

test('a test database is migrated, empty, reachable by every role, and gone when dropped', async () => {
  const database = await testDatabase();
  for (const url of [database.apiUrl, database.workerUrl, database.ownerUrl, database.superuserUrl]) {
    expect(await jobsIn(url)).toBe(0);
  }
  await database.drop();
  await expect(jobsIn(database.ownerUrl)).rejects.toThrow('does not exist');
});

test('two test databases made at the same time do not see each other', async () => {
  const [first, second] = await Promise.all([testDatabase(), testDatabase()]);
  expect(first.url).not.toBe(second.url);
  await Promise.all([first.drop(), second.drop()]);
});

async function jobsIn(url: string): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  try {
    await client.connect();
    const { rows } = await client.query<{ jobs: number }>('SELECT count(*)::integer AS jobs FROM jobs');
    return rows[0]?.jobs ?? -1;
  } finally {
    await client.end();
  }
}
