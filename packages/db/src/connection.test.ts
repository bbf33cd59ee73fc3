import { createServer } from 'node:net';
import { freePort, patiently, startPostgres } from '@docusnap/testing';
import { expect, test } from '@jest/globals';
import { closeDatabase, openDatabase, pingDatabase, query, queryOne, withTenant } from './connection.ts';
import { toDatabaseError } from './errors.ts';
import { jobVersions, pollJob } from './jobs.ts';
import { listKeys } from './keys.ts';
import { migrate } from './migrate.ts';
import { inScene, newJob, onEachPostgres } from './test-jobs.ts';

const UNAVAILABLE = { code: 'database_unavailable', status: 503, retryable: true };

test('where nobody listens, everything says database_unavailable at once', async () => {
  const url = `postgres://docusnap_api:x@127.0.0.1:${await freePort()}/docusnap`;
  const db = openDatabase(url);
  const { id, tenantId } = newJob('00000000-0000-4000-8000-000000000000');
  const start = performance.now();
  for (const call of [
    pingDatabase(db),
    pollJob(db, tenantId, id),
    jobVersions(db, [id]),
    listKeys(db, tenantId),
    migrate(url),
  ]) {
    await expect(call).rejects.toMatchObject(UNAVAILABLE);
  }
  expect(performance.now() - start).toBeLessThan(50_000);
  await closeDatabase(db);
});

test('a server that accepts connections and never answers is told within about a second', async () => {
  const silent = createServer();
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const address = silent.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const sockets = new Set<{ destroy(): void }>();
  silent.on('connection', (socket) => sockets.add(socket));
  const db = openDatabase(`postgres://docusnap_api:x@127.0.0.1:${port}/docusnap`);
  const order: string[] = [];
  const told = async (what: string, call: Promise<unknown>): Promise<void> => {
    await expect(call).rejects.toMatchObject(UNAVAILABLE);
    order.push(what);
  };
  await Promise.all([told('query', query(db, 'SELECT 1', [])), told('ping', pingDatabase(db))]);
  // A connection is waited for five seconds, a ping one.
  expect(order).toEqual(['ping', 'query']);
  for (const socket of sockets) socket.destroy();
  await closeDatabase(db);
  await new Promise((resolve) => silent.close(resolve));
});

test('a server that dies while connected is told, idle connections included, and breaks nothing', async () => {
  const server = await startPostgres();
  const broken = Promise.withResolvers<Error>();
  const db = openDatabase(server.superuserUrl, { onError: broken.resolve, poolSize: 2 });
  await patiently(() => pingDatabase(db));
  const running = expect(query(db, 'SELECT pg_sleep(20)', [])).rejects.toMatchObject(UNAVAILABLE);
  await query(db, 'SELECT 1', []);
  await server.stop();
  await running;
  expect(await broken.promise).toBeInstanceOf(Error);
  await expect(pingDatabase(db)).rejects.toMatchObject(UNAVAILABLE);
  await closeDatabase(db);
});

onEachPostgres('connections', (version) => {
  test('a connection that the server ends costs one query; the next has another', () =>
    inScene(version, async ({ api, database }) => {
      const killed = expect(query(api, 'SELECT pg_terminate_backend(pg_backend_pid())', [])).rejects.toMatchObject(
        UNAVAILABLE,
      );
      await killed;
      await query(api, 'SELECT 1', []);
      await expect(
        withTenant(api, '00000000-0000-4000-8000-000000000000', (client) =>
          client.query('SELECT pg_terminate_backend(pg_backend_pid())'),
        ),
      ).rejects.toMatchObject(UNAVAILABLE);
      await query(api, 'SELECT 1', []);
      expect(database.url).toBe(database.apiUrl);
    }));

  test('a transaction that fails is rolled back, and its tenant is forgotten', () =>
    inScene(version, async ({ api, tenantId }) => {
      await expect(withTenant(api, tenantId, () => Promise.reject(new Error('no')))).rejects.toMatchObject({
        code: 'internal',
      });
      await withTenant(api, tenantId, (client) => client.query('SELECT 1'));
      expect(await queryOne(api, 'SELECT current_tenant() AS tenant', [])).toEqual({ tenant: null });
    }));

  test('statements of the roles end after a time', () =>
    inScene(version, async ({ api, worker }) => {
      expect(await queryOne(api, 'SHOW statement_timeout', [])).toEqual({ statement_timeout: '10s' });
      expect(await queryOne(worker, 'SHOW statement_timeout', [])).toEqual({ statement_timeout: '30s' });
      await expect(
        withTenant(api, '', async (client) => {
          await client.query("SET LOCAL statement_timeout = '10ms'");
          await client.query('SELECT pg_sleep(5)');
        }),
      ).rejects.toMatchObject(UNAVAILABLE);
    }));

  test('a query that ought to give a row and gives none is an error', () =>
    inScene(version, async ({ api }) => {
      await expect(queryOne(api, 'SELECT 1 WHERE false', [])).rejects.toMatchObject({ code: 'internal' });
    }));
});

test('errors keep their cause, and what is no connection error is internal', () => {
  const cause = Object.assign(new Error('syntax error'), { code: '42601' });
  expect(toDatabaseError(cause)).toMatchObject({ code: 'internal', cause });
  expect(toDatabaseError('what')).toMatchObject({ code: 'internal', cause: 'what' });
  expect(toDatabaseError(new Error('outer', { cause: { code: '57P01' } }))).toMatchObject(UNAVAILABLE);
});

test('of two statements that wait for each other both are done: the one that PostgreSQL ends is run again', () =>
  inScene(18, async ({ worker }) => {
    const takes = (first: number, second: number): string =>
      `DO $$ BEGIN PERFORM pg_advisory_xact_lock(${first}); PERFORM pg_sleep(0.2); PERFORM pg_advisory_xact_lock(${second}); END $$`;
    await expect(Promise.all([query(worker, takes(1, 2), []), query(worker, takes(2, 1), [])])).resolves.toHaveLength(
      2,
    );
  }));
