import { type ChildProcess, execFileSync } from 'node:child_process';
import { AppError } from '@docusnap/contracts';
import { type BreakableProxy, breakableProxy, startPostgres, testDatabase } from '@docusnap/testing';
import { expect, test } from '@jest/globals';
import { closeDatabase, type Database, openDatabase, pingDatabase, query, transaction } from './connection.ts';

const UNAVAILABLE = { code: 'database_unavailable', status: 503, retryable: true };

/** Ten times the second that is promised, which `npm run test:chaos` times: the machine may be busy. A statement alone would be given 12 s. */
const MOST_MS = 10_000;

/** Milliseconds until all of them have failed as they should. */
async function allRefused(calls: readonly Promise<unknown>[]): Promise<number> {
  const start = performance.now();
  await Promise.all(calls.map((call) => expect(call).rejects.toMatchObject(UNAVAILABLE)));
  return performance.now() - start;
}

/** The answer, asked for until there is one: a busy machine may seem away for a moment longer. */
async function answerOf(db: Database, text: string): Promise<unknown> {
  for (;;) {
    try {
      return await query(db, text, []);
    } catch (error) {
      if (!(error instanceof AppError && error.code === UNAVAILABLE.code)) throw error;
    }
  }
}

const everyKindOfCall = (db: Database): Promise<unknown>[] => [
  query(db, 'SELECT 1', []),
  pingDatabase(db),
  transaction(db, (client) => client.query('SELECT 1')),
];

/** Through a proxy, over two connections that are open already. */
async function behindProxy(play: (db: Database, proxy: BreakableProxy) => Promise<void>): Promise<void> {
  const database = await testDatabase();
  const proxy = await breakableProxy(database.apiUrl);
  const db = openDatabase(proxy.url, { poolSize: 2, forCallers: true });
  try {
    await Promise.all([query(db, 'SELECT pg_sleep(0.01)', []), query(db, 'SELECT pg_sleep(0.01)', [])]);
    await play(db, proxy);
  } finally {
    await proxy.close();
    await closeDatabase(db);
    await database.drop();
  }
}

test('a network that swallows everything is told within a second, on open connections and new ones, then at once', () =>
  behindProxy(async (db, proxy) => {
    proxy.swallow();
    expect(await allRefused([...everyKindOfCall(db), ...everyKindOfCall(db)])).toBeLessThan(MOST_MS);
    expect(await allRefused(everyKindOfCall(db))).toBeLessThan(MOST_MS);
    // Found there again: what hung was dropped.
    await proxy.cut();
    await proxy.mend();
    expect(await answerOf(db, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  }));

test('a statement under way is told within a second, and a connection waited for too', () =>
  behindProxy(async (db, proxy) => {
    const running = [query(db, 'SELECT pg_sleep(20)', []), query(db, 'SELECT pg_sleep(20)', [])];
    const queued = query(db, 'SELECT 1', []);
    proxy.swallow();
    expect(await allRefused([...running, queued])).toBeLessThan(MOST_MS);
  }));

test('a statement that takes long is waited for while the server is there', () =>
  behindProxy(async (db) => {
    const [slow] = await Promise.all([
      query(db, 'SELECT 1 AS one, pg_sleep(1.5)', []),
      query(db, 'SELECT pg_sleep(1.2)', []),
    ]);
    expect(slow).toMatchObject([{ one: 1 }]);
  }));

test('this process standing still does not look like an absence of the server', () =>
  behindProxy(async (db, proxy) => {
    const answers = Promise.all([query(db, 'SELECT 1', []), query(db, 'SELECT 1', [])]);
    const until = performance.now() + 1_200;
    while (performance.now() < until);
    await answers;
    expect(proxy.url).toContain('127.0.0.1');
  }));

test('a stopped server is told within a second, and used again once it goes on', async () => {
  const server = await startPostgres();
  const db = openDatabase(server.superuserUrl, { poolSize: 2, forCallers: true });
  const pids = () => [server.pid, ...childrenOf(server.pid)];
  await Promise.all([query(db, 'SELECT pg_sleep(0.01)', []), query(db, 'SELECT pg_sleep(0.01)', [])]);
  try {
    const stopped = pids();
    for (const pid of stopped) process.kill(pid, 'SIGSTOP');
    expect(await allRefused(everyKindOfCall(db))).toBeLessThan(MOST_MS);
    for (const pid of stopped) process.kill(pid, 'SIGCONT');
    expect(await answerOf(db, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    // Only the one that lets connections in: those that are there go on.
    process.kill(server.pid, 'SIGSTOP');
    expect(await answerOf(db, 'SELECT 2 AS two')).toEqual([{ two: 2 }]);
  } finally {
    process.kill(server.pid, 'SIGCONT');
    await closeDatabase(db);
    await server.stop();
  }
});

function childrenOf(pid: NonNullable<ChildProcess['pid']>): number[] {
  return execFileSync('ps', ['-o', 'pid=', '--ppid', String(pid)], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map(Number);
}
