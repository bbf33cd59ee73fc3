import pg from 'pg';

/** One statement on a connection of its own. */
export async function withSuperuser(url: string, statement: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await client.query<Record<string, unknown>>(statement)).rows;
  } finally {
    // One that never came about cannot say farewell.
    await client.end().catch(() => undefined);
  }
}
