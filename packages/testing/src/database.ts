import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { ROLE_PASSWORDS, urlFor } from './database-urls.ts';
import type { PostgresVersion } from './postgres-programs.ts';
import { redisCommands, startRedis } from './redis.ts';
import { askForServer, type PostgresAddress } from './servers.ts';

export interface TestDatabase {
  /** The same as `apiUrl`. */
  readonly url: string;
  readonly ownerUrl: string;
  readonly apiUrl: string;
  readonly workerUrl: string;
  readonly superuserUrl: string;
  /** As apiUrl and workerUrl, but PostgreSQL itself: for what needs a session, where those lead through a pooler (see pooler.ts). */
  readonly directApiUrl: string;
  readonly directWorkerUrl: string;
  /** Removes it, ending whatever is still connected. */
  drop(): Promise<void>;
}

/**
 * A database of its own, migrated and empty, on the PostgreSQL server of this test run; about 50 ms.
 *
 * @param options.empty without tables, for tests of the migrations themselves
 */
export async function testDatabase(
  options: { version?: PostgresVersion; empty?: boolean } = {},
): Promise<TestDatabase> {
  const server = await askForServer(`/postgres/${options.version ?? 18}`);
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const template = options.empty === true ? 'template0' : server.template;
  // Copying files takes half the time of copying through the log, which is PostgreSQL's default.
  const from = `OWNER docusnap_owner TEMPLATE ${template} STRATEGY FILE_COPY`;
  await asSuperuser(server.superuserUrl, `CREATE DATABASE ${name} ${from}`);
  const directApiUrl = urlFor(server.superuserUrl, name, 'docusnap_api', ROLE_PASSWORDS.apiPassword);
  const directWorkerUrl = urlFor(server.superuserUrl, name, 'docusnap_worker', ROLE_PASSWORDS.workerPassword);
  const apiUrl = throughPooler(directApiUrl, server);
  return {
    url: apiUrl,
    ownerUrl: urlFor(server.superuserUrl, name, 'docusnap_owner', ROLE_PASSWORDS.ownerPassword),
    apiUrl,
    workerUrl: throughPooler(directWorkerUrl, server),
    superuserUrl: urlFor(server.superuserUrl, name),
    directApiUrl,
    directWorkerUrl,
    drop: () => dropDatabase(server, name),
  };
}

/** SQLSTATE of a database that somebody is still connected to. */
const OBJECT_IN_USE = '55006';

/**
 * Without force first: it waits up to 5 s for connections that are just closing, and a closing connection that is cut instead throws
 * where nobody listens any more.
 */
async function dropDatabase({ superuserUrl, poolerPort }: PostgresAddress, name: string): Promise<void> {
  try {
    // A pooler keeps its connections, and does not mind their end.
    if (poolerPort !== null) throw Object.assign(new Error('It is pooled.'), { code: OBJECT_IN_USE });
    await asSuperuser(superuserUrl, `DROP DATABASE IF EXISTS ${name}`);
  } catch (error) {
    if (!(typeof error === 'object' && error && 'code' in error && error.code === OBJECT_IN_USE)) throw error;
    await asSuperuser(superuserUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  }
}

function throughPooler(url: string, { poolerPort }: PostgresAddress): string {
  if (poolerPort === null) return url;
  const pooled = new URL(url);
  pooled.port = String(poolerPort);
  return pooled.toString();
}

async function asSuperuser(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

export interface TestRedis {
  readonly url: string;
  /** Loses everything in it, as an accident would. */
  flush(): Promise<void>;
  /** Gives it back; a private server ends. */
  close(): Promise<void>;
}

/**
 * An empty Redis for one test: a logical database of the run's server, or with `private` a server of its own that may be stopped.
 * Throws when redis-server is not installed: guard the tests with `describeNeeding('redis-server', ...)`.
 */
export async function testRedis(options: { private?: boolean } = {}): Promise<TestRedis> {
  if (options.private === true) {
    const server = await startRedis();
    return {
      url: server.url,
      flush: async () => void (await redisCommands(server.port, ['FLUSHALL'])),
      close: () => server.stop(),
    };
  }
  const { port, database } = await askForServer('/redis');
  const flush = async () => void (await redisCommands(port, [`SELECT ${database}`, 'FLUSHDB']));
  return { url: `redis://127.0.0.1:${port}/${database}`, flush, close: flush };
}
