import { createServer } from 'node:http';
import { POOLER_VARIABLE, startPooler } from './pooler.ts';
import { startPostgres } from './postgres.ts';
import { POSTGRES_VERSIONS, type PostgresVersion } from './postgres-programs.ts';
import { type RedisServer, startRedis } from './redis.ts';

/** The name of the variable that tells test workers where to ask for servers. */
export const SERVERS_VARIABLE = 'DOCUSNAP_TEST_SERVERS';

/** What a test worker gets to know about the PostgreSQL server of the run. */
export interface PostgresAddress {
  readonly superuserUrl: string;
  /** A migrated database to copy; nobody may be connected to it. */
  readonly template: string;
  /** Of a pooler before it; null where tests reach it directly. */
  readonly poolerPort: number | null;
}

export interface RedisAddress {
  readonly port: number;
  /** A logical database that no other asker gets. */
  readonly database: number;
}

export interface TestServers {
  /** Where `askForServer` finds them. */
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * The servers of one test run, each started when the first test asks for it, so that a run of pure packages starts none.
 * Test workers are processes of their own; they ask over HTTP.
 */
export async function startTestServers(): Promise<TestServers> {
  const postgres = new Map<
    PostgresVersion,
    Promise<{ server: { stop(): Promise<unknown> }; address: PostgresAddress }>
  >();
  let redis: Promise<RedisServer> | null = null;
  let redisDatabases = 0;

  async function answer(path: string): Promise<PostgresAddress | RedisAddress> {
    if (path === '/redis') {
      redis ??= startRedis();
      const { port } = await redis;
      redisDatabases += 1;
      return { port, database: redisDatabases };
    }
    const version = POSTGRES_VERSIONS.find((known) => path === `/postgres/${known}`);
    if (version === undefined) throw new Error(`There is no test server "${path}"`);
    const started = postgres.get(version) ?? startWithTemplate(version);
    postgres.set(version, started);
    return (await started).address;
  }

  const http = createServer((request, response) => {
    answer(request.url ?? '').then(
      (address) => response.end(JSON.stringify(address)),
      (error: unknown) => {
        response.statusCode = 500;
        response.end(error instanceof Error ? `${error.stack}\n${String(error.cause ?? '')}` : String(error));
      },
    );
  });
  // The asker closes first: he would use a connection again at the moment in which it is closed here.
  http.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const address = http.address();
  if (address === null || typeof address === 'string') throw new Error('The system gave no port.');

  return {
    url: `http://127.0.0.1:${address.port}`,
    async stop() {
      http.closeAllConnections();
      await new Promise<void>((resolve) => http.close(() => resolve()));
      const running = [...postgres.values()].map((started) => started.then(({ server }) => server));
      // One that failed to start has nothing to stop; the test that asked for it has already failed with the reason.
      const servers = await Promise.allSettled([...running, ...(redis === null ? [] : [redis])]);
      await Promise.all(servers.map((server) => (server.status === 'fulfilled' ? server.value.stop() : undefined)));
    },
  };
}

async function startWithTemplate(version: PostgresVersion) {
  // Loaded here, because only runs that ask for a database need the packages that fill it.
  const { prepareTemplate } = await import('./database-template.ts');
  const server = await startPostgres({ version });
  try {
    const template = await prepareTemplate(server.superuserUrl);
    const pooler = version === 18 && process.env[POOLER_VARIABLE] === 'on' ? await startPooler(server.port) : null;
    const address = { superuserUrl: server.superuserUrl, template, poolerPort: pooler?.port ?? null };
    return { server: { stop: () => Promise.all([pooler?.stop(), server.stop()]) }, address };
  } catch (error) {
    // Left running it would keep the whole test run from ending.
    await server.stop();
    throw error;
  }
}

/** Asks the servers of this run. Throws with the reason when there is no run or the server could not start. */
export async function askForServer(path: `/postgres/${PostgresVersion}`): Promise<PostgresAddress>;
export async function askForServer(path: '/redis'): Promise<RedisAddress>;
export async function askForServer(path: string): Promise<PostgresAddress | RedisAddress> {
  const url = process.env[SERVERS_VARIABLE];
  if (url === undefined) {
    throw new Error(`${SERVERS_VARIABLE} is not set: run below Jest, or call startTestServers() and set it to its url`);
  }
  const response = await fetch(url + path);
  if (!response.ok) throw new Error(`No test server ${path}: ${await response.text()}`);
  return (await response.json()) as PostgresAddress | RedisAddress;
}
