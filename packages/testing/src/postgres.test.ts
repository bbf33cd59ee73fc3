import { existsSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import pg from 'pg';
import { startPostgres } from './postgres.ts';
import { describeNeeding } from './tools.ts';

test('a PostgreSQL 18 of its own starts on a free port, as root too, and leaves nothing behind when stopped', async () => {
  const server = await startPostgres();
  expect(await versionOf(server.superuserUrl)).toMatch(/^18/);
  const folder = await oneValue(server.superuserUrl, 'SHOW data_directory');
  expect(existsSync(folder)).toBe(true);
  await server.stop();
  expect(existsSync(folder)).toBe(false);
  await expect(versionOf(server.superuserUrl)).rejects.toThrow('ECONNREFUSED');
});

test('a server that was killed takes its folder with it', async () => {
  const server = await startPostgres();
  const folder = await oneValue(server.superuserUrl, 'SHOW data_directory');
  process.kill(server.pid, 'SIGKILL');
  await server.stop();
  expect(existsSync(folder)).toBe(false);
});

test('settings that a server refuses are told in its own words', async () => {
  await expect(startPostgres({ settings: { max_connections: 'many' } })).rejects.toThrow('max_connections');
});

describeNeeding('postgres-15', 'PostgreSQL 15 of Debian', () => {
  test('starts the same way', async () => {
    const server = await startPostgres({ version: 15 });
    expect(await versionOf(server.superuserUrl)).toMatch(/^15/);
    await server.stop();
  });
});

function versionOf(url: string): Promise<string> {
  return oneValue(url, 'SHOW server_version');
}

async function oneValue(url: string, statement: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<Record<string, string>>(statement);
  await client.end();
  return Object.values(rows[0] ?? {})[0] ?? '';
}
